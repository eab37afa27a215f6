import type { z } from 'zod'

import type { Hint } from '../contract.ts'
import type { Mistake } from './refusal.ts'
import { shapedText } from './text.ts'

/** An address of the vendor (console, documentation, API) where one of the operator's own belongs. */
export function vendorAddress(hosts: readonly string[], whose: string, remedy: string): Mistake {
  return {
    when: new RegExp(`^(?:https?://)?(?:${hosts.map(literally).join('|')})(?:[/:?#]|$)`, 'i'),
    problem: `is an address of the vendor, not of ${whose}`,
    remedy,
  }
}

/** A page or endpoint below the address that is meant: what stands before one of `paths` is the right value. */
export function pageBelow(paths: readonly string[], problem: string): Mistake {
  return {
    when: new RegExp(
      String.raw`^(?<host>https?://[^/?#]+)(?<path>(?:/[\w.-]+)*?)/(?:${paths.map(literally).join('|')})(?:[/?#]|$)`,
      'i',
    ),
    problem,
    remedy: 'Use "$<host>$<path>".',
  }
}

/** A whole address where only its first label is meant: `acme` of `acme.onelogin.com`. */
export function wholeAddress(zone: string, what: string): Mistake {
  return {
    when: new RegExp(String.raw`^(?:https?://)?(?<host>[a-z0-9-]+)\.${literally(zone)}(?:/|$)`, 'i'),
    problem: `must be ${what} alone, without ".${zone}"`,
    remedy: 'Use "$<host>".',
  }
}

/** An id that a vendor marks by how it begins: `org_…`. `what` is said of it: `an organization id`. */
export function prefixedId(description: string, prefix: string, what: string): z.ZodString {
  return shapedText(description, new RegExp(`^${literally(prefix)}[A-Za-z0-9]+$`), {
    problem: `must be ${what}, which begins with "${prefix}"`,
    remedy: 'Copy the id, not the name.',
  })
}

/** For providers that may sign ID tokens with the client secret. `setting` says what to change there. */
export function sharedSecretSignature(setting: string): Hint {
  return { member: 'alg', value: 'HS256', remedy: `The ID token is signed with HS256: ${setting}` }
}

function literally(text: string): string {
  return text.replaceAll('.', String.raw`\.`)
}
