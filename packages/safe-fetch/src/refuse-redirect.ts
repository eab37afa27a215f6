import { FetchFailedError } from './fetch-failed-error.ts'

/** A redirect is an error, wherever it points; 304 is an answer. */
export function refuseRedirect(status: number, origin: string): void {
  if (status >= 300 && status < 400 && status !== 304) {
    throw new FetchFailedError(
      'redirect',
      `${origin} answered with a redirect (${status}), which is not followed`,
    )
  }
}
