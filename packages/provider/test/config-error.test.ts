import { describe, expect, it } from 'vitest'

import { ConfigError, explainProblem, isConfigError } from '../src/index.ts'

const problem = { option: 'logtoEndpoint', problem: 'must be the bare origin' }

describe('ConfigError', () => {
  it('lists every problem with its remedy', () => {
    const remedied = { ...problem, remedy: 'Use "https://acme.logto.app".' }
    expect(explainProblem(problem)).toBe('must be the bare origin.')
    expect(explainProblem(remedied)).toBe('must be the bare origin. Use "https://acme.logto.app".')
    expect(new ConfigError('Logto', [problem, remedied]).message).toBe(
      'Logto is misconfigured:\n' +
        '- logtoEndpoint must be the bare origin.\n' +
        '- logtoEndpoint must be the bare origin. Use "https://acme.logto.app".',
    )
  })

  it('is known by its shape, since a package may bring its own copy of the class', () => {
    const copy = Object.assign(new Error('misconfigured'), { name: 'ConfigError', problems: [problem] })
    expect(isConfigError(new ConfigError('Logto', [problem]))).toBe(true)
    expect(isConfigError(copy)).toBe(true)
    expect(isConfigError(Object.assign(copy, { problems: undefined }))).toBe(false)
    expect(isConfigError(Object.assign(new Error('other'), { problems: [problem] }))).toBe(false)
    expect(isConfigError({ name: 'ConfigError', problems: [problem] })).toBe(false)
  })
})
