export { freePort } from './free-port.ts'
export { nodeFetch } from './node-fetch.ts'
export { serveOnLoopback, type LoopbackOptions, type LoopbackServer } from './serve-on-loopback.ts'
