import type { Context } from '../context.ts'

/** Short enough to be read out on the telephone; joins everything that belongs to one attempt. */
export function newTraceId({ randomToken }: Pick<Context, 'randomToken'>): string {
  return randomToken()
    .replaceAll(/[^a-z\d]/gi, '')
    .slice(0, 12)
}
