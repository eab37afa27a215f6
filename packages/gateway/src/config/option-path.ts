import type { JsonPath } from './file-problem.ts'

/** `signIn.allowedDomains[0]` → `['signIn', 'allowedDomains', 0]` */
export function optionPath(option: string): JsonPath {
  return option
    .split(/[.[\]]/)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}
