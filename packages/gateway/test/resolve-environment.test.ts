import { describe, expect, it } from 'vitest'

import { resolveEnvironment } from '../src/config/resolve-environment.ts'

const environment = { HOST: 'acme.example', KEY: 'k$env(HOST)', EMPTY: '' }

function resolve(value: unknown): { readonly value: unknown; readonly messages: readonly string[] } {
  const messages: string[] = []
  const report = (path: readonly (string | number)[], message: string) =>
    messages.push(`${path.join('.')} ${message}`)
  return { value: resolveEnvironment(value, environment, report), messages }
}

describe('references to variables', () => {
  it.each([
    ['$env(HOST)', 'acme.example'],
    ['${env.HOST}', 'acme.example'],
    ['$env( HOST )', 'acme.example'],
    ['https://$env(HOST)/x?h=${env.HOST}', 'https://acme.example/x?h=acme.example'],
    ['$HOST ${HOST} env(HOST)', '$HOST ${HOST} env(HOST)'],
  ])('turn %j into %j', (text, expected) => {
    expect(resolve(text)).toEqual({ value: expected, messages: [] })
  })

  it('are found at any depth, and nothing but text changes', () => {
    const value = { a: [{ b: '$env(HOST)' }, 1, true, null], c: 2 }
    expect(resolve(value).value).toEqual({ a: [{ b: 'acme.example' }, 1, true, null], c: 2 })
  })

  it('are not looked for in what a variable holds', () => {
    expect(resolve('$env(KEY)').value).toBe('k$env(HOST)')
  })

  it.each([
    ['$env(MISSING)', 'MISSING, which is not set'],
    ['$env(EMPTY)', 'EMPTY, which is set but empty'],
    ['$env(HOST', 'unfinished'],
    ['${env.HOST', 'unfinished'],
    ['$env()', 'is not a name'],
    ['$env(my-host)', 'is not a name'],
    ['$env(toString)', 'toString, which is not set'],
  ])('leave %j as it is and say why', (text, message) => {
    const { value, messages } = resolve({ option: text })
    expect(value).toEqual({ option: text })
    expect(messages).toEqual([expect.stringContaining(message)])
    expect(messages[0]).toMatch(/^option /)
  })
})
