import { answerParent } from './child-process.ts'
import { startTarget } from './targets/start-target.ts'
import type { TargetName } from './targets/start-target.ts'
import type { RunningTarget, TargetOptions } from './targets/target.ts'

/** One target, as long as a case takes. */
let running: RunningTarget | undefined

answerParent({
  async start({ target, ...options }: TargetOptions & { target: TargetName }) {
    running = await startTarget[target](options)
    return running.port
  },
  makeJob: (count: number) => running?.makeJob(count),
  /** Microseconds of all threads of this process. */
  cpu() {
    const { user, system } = process.cpuUsage()
    return user + system
  },
})
