import { readFileSync } from 'node:fs'

import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** A file as `pnpm check:mutations` wants it read. */
    withoutDefence: { readonly file: string; readonly text: string } | undefined
  }
}

/** The text of a file of this repository. */
export function inRepository(path: string): string {
  const mutated = inject('withoutDefence')
  if (mutated?.file === path) return mutated.text
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
