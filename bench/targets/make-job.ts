import { codeForm, metadataRequest, registrationRequest, tokenPath, toolCall } from '../flow.ts'
import type { Job } from '../job.ts'
import type { WorkloadId } from '../workloads.ts'

/** Asks a target itself, in its own process. */
export interface Inside {
  readonly clientId: string
  /** A fresh authorization code. */
  issueCode(): Promise<string>
  /** Redeems a form at the token endpoint. */
  redeem(form: string): Promise<{ access_token: string; refresh_token: string }>
}

export async function makeJob(workload: WorkloadId, count: number, inside: Inside): Promise<Job> {
  const { clientId } = inside
  const nextForm = async () => codeForm(clientId, await inside.issueCode())
  switch (workload) {
    case 'W1': {
      const forms: string[] = []
      // Many at once share a commit where writes are durable.
      while (forms.length < count) {
        const batch = Math.min(200, count - forms.length)
        forms.push(...(await Promise.all(Array.from({ length: batch }, nextForm))))
      }
      return { kind: 'forms', path: tokenPath, forms }
    }
    case 'W2': {
      const refreshTokens: string[] = []
      while (refreshTokens.length < count) {
        refreshTokens.push((await inside.redeem(await nextForm())).refresh_token)
      }
      return { kind: 'chains', path: tokenPath, clientId, refreshTokens }
    }
    case 'W3':
      return { kind: 'repeat', request: registrationRequest }
    case 'W4':
      return { kind: 'repeat', request: metadataRequest }
    case 'W5': {
      const { access_token } = await inside.redeem(await nextForm())
      return { kind: 'repeat', request: toolCall(access_token) }
    }
  }
}
