import * as base64url from 'jose/base64url'

/** No vowels, so no words; nothing that looks like something else (RFC 8628 §6.1). 20^8 is about 2^34.6. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 8
const form = new RegExp(`^[${letters}]{${length}}$`)

/** A code that people type: eight letters, each equally likely. Guessing it is limited by `rateLimits.userCodes`. */
export function newUserCode(randomToken: () => string): string {
  let code = ''
  while (code.length < length) {
    for (const byte of base64url.decode(randomToken())) {
      // 240 is the largest multiple of 20: above it some letters would come more often.
      if (byte < 240 && code.length < length) code += letters[byte % letters.length] ?? ''
    }
  }
  return code
}

/** As it is shown: `WDJB-MJHT`. */
export function displayUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** What was typed, in any case and with anything between the letters; `undefined` when it is no such code. */
export function parseUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replaceAll(/[\s\p{P}]/gu, '')
  return form.test(code) ? code : undefined
}
