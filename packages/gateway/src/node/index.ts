export { serve } from './serve.ts'
export type { RunningServer, ServedRequest, ServeOptions } from './serve.ts'
