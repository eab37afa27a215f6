import type { ProviderChoice } from './provider-choice.ts'

/** Where the records are kept. */
export type StorageChoice = 'sqlite' | 'postgres' | 'redis'

export const storageChoices: readonly StorageChoice[] = ['sqlite', 'postgres', 'redis']

/** One MCP server behind the gateway. */
export interface RouteAnswer {
  /** `linear` in `/mcp/linear`. */
  readonly name: string
  readonly upstreamUrl: string
}

/** Everything that is known about the new gateway. */
export interface Answers {
  readonly folder: string
  readonly provider: ProviderChoice
  /** What the user knows of the provider's options already; the rest is left to fill in. */
  readonly options: Readonly<Record<string, string>>
  readonly routes: readonly RouteAnswer[]
  readonly storage: StorageChoice
  /** The origin that users enter; undefined on a developer's machine. */
  readonly publicUrl: string | undefined
}

/** Why a value cannot be used, with the remedy; undefined when it can. */
export type Problem = string | undefined

export function folderProblem(folder: string): Problem {
  return /^[a-z0-9][a-z0-9._-]*$/.test(folder)
    ? undefined
    : 'The folder must be a valid npm name: lower-case letters, digits, ".", "_" and "-", such as "mcp-gateway".'
}

export function routeNameProblem(name: string): Problem {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? undefined
    : 'A route name must consist of lower-case letters and digits, in words joined by "-", such as "linear".'
}

export function upstreamUrlProblem(url: string): Problem {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return 'The MCP server must be a URL, such as "https://mcp.linear.app/mcp".'
  const { username, password, hash } = new URL(url)
  if (username !== '' || password !== '')
    return 'The URL of the MCP server must not contain a user or password: set a header with the policy set-headers-inbound.'
  return hash === '' ? undefined : 'The URL of the MCP server must not contain "#…": remove it.'
}

export function publicUrlProblem(url: string): Problem {
  if (!URL.canParse(url)) return 'The public URL must be an origin, such as "https://mcp.example.com".'
  const { origin, protocol } = new URL(url)
  if (protocol !== 'https:')
    return `The public URL must use https. Omit it on your own machine, or use "https://${new URL(url).host}".`
  return url === origin ? undefined : `The public URL must be only an origin. Use "${origin}".`
}
