import type { ResourceServerOptions } from './resource-server.ts'

type Form = readonly [isRight: (value: unknown) => boolean, problem: string]

const isList = (value: unknown): boolean => Array.isArray(value)
const isFunction = (value: unknown): boolean => typeof value === 'function'

function hasAlgorithms(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'algorithms' in value && isList(value.algorithms)
}

/** For callers without types; what the values themselves may be is judged where they are used. */
const forms: Readonly<Partial<Record<keyof ResourceServerOptions, Form>>> = {
  name: [(value) => typeof value === 'string', 'must be text.'],
  scopes: [isList, 'must be a list of scopes, e.g. ["mcp:tools"].'],
  allowedOrigins: [
    (value) => value === 'any' || isList(value),
    'must be a list of origins, e.g. ["https://app.example.com"], or "any".',
  ],
  dpop: [hasAlgorithms, 'must be an object with "algorithms", e.g. ["ES256"].'],
  verify: [isFunction, 'must be a function of the token, e.g. what createJwtVerifier returns.'],
  onError: [isFunction, 'must be a function.'],
}

/** @throws {TypeError} naming the first option of a wrong form */
export function checkOptions(options: ResourceServerOptions): void {
  for (const [name, [isRight, problem]] of Object.entries(forms)) {
    const value = options[name as keyof ResourceServerOptions]
    if (value === undefined ? name === 'verify' : !isRight(value)) throw new TypeError(`${name} ${problem}`)
  }
}
