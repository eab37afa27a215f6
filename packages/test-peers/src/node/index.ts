export { nodeFetch } from './node-fetch.ts'
export { serveOnLoopback, type LoopbackServer } from './serve-on-loopback.ts'
