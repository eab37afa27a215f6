// What the pages of a host are made of: loaded when the first of them is shown.
export { describeGrants } from './grants/describe-grants.ts'
export { accountPage } from './pages/account-page.ts'
export { connectedPage, connectPage } from './pages/connect-page.ts'
export { pageFrame } from './pages/page-frame.ts'
export { pageResponse } from './pages/page-response.ts'
export { problemResponse } from './pages/problem-response.ts'
