import type { SafeFetchOptions } from './create-safe-fetch.ts'

/**
 * Lets a guarded fetch reach the hosts of these URLs wherever they are: for URLs that the operator wrote, which may be inside
 * the operator's network. What is no URL is left out.
 */
export function allowUrls(
  urls: readonly string[],
): Required<Pick<SafeFetchOptions, 'allowHosts' | 'allowAddresses'>> {
  const named = urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname] : []))
  const hosts = [...new Set(named)]
  return {
    allowHosts: hosts.filter((host) => !isAddress(host)),
    allowAddresses: hosts.filter(isAddress).map(asRange),
  }
}

/** As a URL spells it: `10.0.0.5` or `[fd00::5]`. */
const isAddress = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host)

const asRange = (host: string): string => (host.startsWith('[') ? `${host.slice(1, -1)}/128` : `${host}/32`)
