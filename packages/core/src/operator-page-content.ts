// What the pages of operators are made of: loaded when the first of them is shown.
export { attemptPage } from './pages/operators/attempt-page.ts'
export { attemptsPage } from './pages/operators/attempts-page.ts'
export { operatorSignInPage } from './pages/operators/sign-in-page.ts'
export { userPage } from './pages/operators/user-page.ts'
export { usersPage } from './pages/operators/users-page.ts'
export { pageFrame } from './pages/page-frame.ts'
export { pageResponse } from './pages/page-response.ts'
export { problemResponse } from './pages/problem-response.ts'
