export type { RunningServer, ServedRequest } from '../hosting/running-server.ts'
export { serve } from './serve.ts'
export type { ServeOptions } from './serve.ts'
