import type { Settings } from '../settings.ts'

/** Where an attempt goes on. */
export function setupPath({ basePath }: Pick<Settings, 'basePath'>, transaction: string): string {
  return `${basePath}/setup?${new URLSearchParams({ transaction }).toString()}`
}
