import { z } from 'zod'

import { dissectUrl, enumerate, removals } from './dissect-url.ts'
import { knownMistake, refuse, type Mistake, type Refusal } from './refusal.ts'
import { shapedText, textRefusal } from './text.ts'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A host name and nothing else, in lower case: `acme.us.auth0.com`. */
export function bareHost(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return z
    .string()
    .check(
      refuse(
        (value) =>
          textRefusal(value, correctedHost) ?? knownMistake(value, mistakes) ?? bareHostRefusal(value),
      ),
    )
    .meta({ description, minLength: 1 })
}

/** One label of a host name, such as the subdomain a vendor gave to an account. */
export function hostLabel(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return shapedText(
    description,
    label,
    { problem: 'must be one label of a host name: lower-case letters, digits and "-" only' },
    [...mistakes, capitals],
  )
}

const capitals: Mistake = {
  when: /^(?=.*[A-Z])(?<host>[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)$/,
  problem: 'must be in lower case: the issuer is compared byte by byte',
  remedy: 'Use "$<host>".',
}

/** Why `host` is not a public host name in lower case. */
export function hostRefusal(host: string): Refusal | undefined {
  if (host === '') return { problem: 'has no host name' }
  const wildcard = wildcardRefusal(host)
  if (wildcard !== undefined) return wildcard
  if (/[A-Z]/.test(host)) {
    return {
      problem: 'must be in lower case: the issuer is compared byte by byte',
      remedy: hostRefusal(host.toLowerCase()) === undefined ? `Use "${host.toLowerCase()}".` : undefined,
    }
  }
  if (/^\[|(?:^|\.)(?:\d+|0x[\da-f]*)$/.test(host))
    return { problem: 'must be a host name, not an IP address' }
  if (host.includes('_')) return { problem: 'contains "_", which no host name may' }
  if (!host.includes('.')) return { problem: 'must be the whole host name, with its dots' }
  if (host.length > 253 || !host.split('.').every((part) => label.test(part))) {
    return { problem: 'is not a valid host name' }
  }
  return undefined
}

/** Why `host` names several hosts at once. */
export function wildcardRefusal(host: string): Refusal | undefined {
  if (!host.includes('*')) return undefined
  return { problem: 'must not contain a wildcard', remedy: 'Name the one host that is meant.' }
}

/** An internationalised name as it is written in protocols (RFC 3490 §4), any other as it is. */
export function asciiHost(host: string): string {
  if (!/[^ -~]/.test(host) || !URL.canParse(`https://${host}`)) return host
  return new URL(`https://${host}`).hostname
}

function bareHostRefusal(value: string): Refusal | undefined {
  const parts = dissectUrl(value)
  const host = parts.host.replace(/\.$/, '')
  const remaining = hostRefusal(host)
  const surplus = [
    ...(parts.scheme === '' ? [] : [`"${parts.scheme}"`]),
    ...(parts.port === '' ? [] : [`"${parts.port}"`]),
    ...(host === parts.host ? [] : ['the trailing "."']),
    ...removals(parts),
  ]
  if (surplus.length === 0) return remaining
  const problem = `must be a bare host name: remove ${enumerate(surplus)}`
  const corrected = correctedHost(value)
  if (corrected !== undefined) return { problem, remedy: `Use "${corrected}".` }
  return { problem: `${problem}; what remains ${remaining?.problem}`, remedy: remaining?.remedy }
}

function correctedHost(value: string): string | undefined {
  const host = asciiHost(dissectUrl(value).host.replace(/\.$/, '').toLowerCase())
  return hostRefusal(host) === undefined ? host : undefined
}
