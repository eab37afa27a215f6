/** One line per step, and whether all of them succeeded. */
export interface Report {
  /** Runs a step and prints its line; a failure is printed and thrown on. The step returns the details of its line. */
  readonly step: (title: string, run: () => string | Promise<string>) => Promise<void>
  readonly heading: (text: string) => void
}

/**
 * Prints as it goes, so that a hanging step can be seen.
 *
 * @param deadline ends the step that is under way, and every later one
 */
export function createReport(write: (text: string) => void, deadline: AbortSignal): Report {
  const expired = new Promise<never>((_resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new Error('It took too long.')), { once: true })
  })
  // It may expire between two steps, when nobody waits for it.
  expired.catch(() => {})
  return {
    heading(text) {
      write(`\n${text}\n`)
    },
    async step(title, run) {
      try {
        const details = await Promise.race([Promise.resolve().then(run), expired])
        write(`  ok    ${title.padEnd(34)} ${details}\n`)
      } catch (error) {
        write(`  FAIL  ${title.padEnd(34)} ${error instanceof Error ? error.message : String(error)}\n`)
        throw error
      }
    },
  }
}
