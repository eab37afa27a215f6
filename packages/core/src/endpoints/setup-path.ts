import type { Settings } from '../context.ts'

/** Where an attempt goes on. */
export function setupPath({ basePath }: Pick<Settings, 'basePath'>, transaction: string): string {
  return `${basePath}/setup?${new URLSearchParams({ transaction }).toString()}`
}
