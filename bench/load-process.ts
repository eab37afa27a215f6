import { answerParent } from './child-process.ts'
import type { Job } from './job.ts'
import { runJob } from './run-job.ts'
import type { LoadOptions } from './run-job.ts'
import { startUpstream } from './upstream.ts'

// The upstream lives here, so that its work is not counted as the server's.
answerParent({
  upstream: async () => (await startUpstream()).url,
  run: ({ job, options }: { job: Job; options: LoadOptions }) => runJob(job, options),
})
