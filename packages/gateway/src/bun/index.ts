export type { HostingOptions, RunningServer, ServedRequest } from '../hosting/running-server.ts'
export { serve } from './serve.ts'
