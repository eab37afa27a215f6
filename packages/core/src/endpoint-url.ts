import type { Settings } from './settings.ts'

/** Absolute URLs of the endpoints; built from the configured public URL alone (AS-03). */
export function endpointUrl(settings: Settings, path: string): string {
  return `${settings.publicUrl}${settings.basePath}${path}`
}
