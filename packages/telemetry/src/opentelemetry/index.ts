export { tracingObserver } from './tracing-observer.ts'
export type { TracingOptions } from './tracing-observer.ts'
