export { findRuntime, processRuntimeIds, type ProcessRuntime, type ProcessRuntimeId } from './find-runtime.ts'
export { startProcess, type RunningProcess } from './start-process.ts'
export { startWorker, workerdVersion, type RunningWorker, type WorkerOptions } from './start-worker.ts'
