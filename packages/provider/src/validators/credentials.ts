import { z } from 'zod'

import { knownMistake, refuse, type Mistake, type Refusal } from './refusal.ts'
import { text, textRefusal } from './text.ts'

/** The id of the application registered at the provider. */
export function clientId(
  description = 'Client id of the application registered at the provider.',
  mistakes: readonly Mistake[] = [],
): z.ZodString {
  return text(description, [
    { when: /^https?:\/\//i, problem: 'must be the client id, not a URL' },
    ...mistakes,
  ])
}

/** The secret of the application registered at the provider. */
export function clientSecret(
  description = 'Client secret of the application, best from the environment.',
  mistakes: readonly Mistake[] = [],
): z.ZodString {
  return text(description, [
    { when: /^https?:\/\//i, problem: 'must be the client secret, not a URL' },
    ...mistakes,
  ])
}

/** A PKCS#8 private key in PEM, line breaks and all. */
export function privateKeyPem(description: string): z.ZodString {
  return z
    .string()
    .check(refuse((value) => pemRefusal(value)))
    .meta({ description })
}

function pemRefusal(value: string): Refusal | undefined {
  const unusable = value.includes('-----BEGIN') ? undefined : textRefusal(value)
  if (unusable !== undefined) return unusable
  return (
    knownMistake(value, [
      {
        when: /-----BEGIN (?:RSA|EC) PRIVATE KEY-----/,
        problem: 'must be in PKCS#8 form',
        remedy: 'Convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem.',
      },
      {
        when: /-----BEGIN ENCRYPTED/,
        problem: 'is encrypted',
        remedy: 'Decrypt it: openssl pkcs8 -topk8 -nocrypt.',
      },
      {
        when: /-----BEGIN (?:PUBLIC KEY|CERTIFICATE)-----/,
        problem: 'must be the private key, not the public half',
      },
    ]) ??
    (/^\s*-----BEGIN PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END PRIVATE KEY-----\s*$/.test(value)
      ? undefined
      : {
          problem:
            'must be a private key in PEM, from "-----BEGIN PRIVATE KEY-----" to "-----END PRIVATE KEY-----"',
        })
  )
}
