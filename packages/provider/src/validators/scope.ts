import { z } from 'zod'

import { refuse, type Refusal } from './refusal.ts'
import { textRefusal } from './text.ts'

/** Scopes separated by single spaces; `openid` among them wherever an ID token is expected. */
export function scope(description: string, needs: { readonly openid: boolean }): z.ZodString {
  return z
    .string()
    .check(refuse((value) => textRefusal(value) ?? scopeRefusal(value, needs.openid)))
    .meta({ description, minLength: 1 })
}

function scopeRefusal(value: string, openid: boolean): Refusal | undefined {
  const names = value.split(/[\s,]+/).filter((name) => name !== '')
  const unique = [...new Set(names)]
  const lacksOpenid = openid && !unique.includes('openid')
  const remedy = `Use "${[...(lacksOpenid ? ['openid'] : []), ...unique].join(' ')}".`
  if (value.includes(',')) return { problem: 'separates scopes by commas: separate them by spaces', remedy }
  if (value !== names.join(' ')) return { problem: 'has more than one space between two scopes', remedy }
  if (unique.length !== names.length) return { problem: 'names a scope twice', remedy }
  if (lacksOpenid) return { problem: 'lacks "openid": no ID token is returned without it', remedy }
  // RFC 6749 §3.3: what a scope token may consist of.
  return /["\\]/.test(value) ? { problem: 'contains characters that no scope may contain' } : undefined
}
