export type { SafeFetch, SafeFetchInit } from './safe-fetch.ts'
