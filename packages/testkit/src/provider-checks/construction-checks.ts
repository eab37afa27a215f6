import { ConfigError } from '@portico/provider'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import {
  changed,
  completeOptions,
  sentence,
  type AnyProvider,
  type DescribeProviderOptions,
  type ProviderOptionValues,
} from './provider-case.ts'

const jsonSchema = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().optional() })),
  required: z.array(z.string()),
})

/** Complete options build a provider; every usual mistake is refused by a sentence that names the option. */
export function constructionChecks(provider: AnyProvider, promises: DescribeProviderOptions): void {
  const sets = completeOptions(promises)

  describe.each(sets.map((options) => [options] as const))('with %j', (options) => {
    it('is built, and its options are left alone', () => {
      const given = structuredClone(options)
      expect(provider.create(given)).toMatchObject({
        type: provider.id,
        id: provider.id,
        name: provider.name,
      })
      expect(given).toEqual(options)
    })

    it.each(textOptions(options))('names %s when it is spoilt', (option, value) => {
      const spoilt = [
        '',
        '$env(PORTICO_ABSENT)',
        'undefined',
        ` ${value}`,
        `${value}\n`,
        `"${value}"`,
        7,
        null,
        { value },
      ]
      for (const each of spoilt) {
        const problems = problemsOf(provider, changed(options, { [option]: each }))
        expect(problems.map((problem) => problem.option)).toContain(option)
      }
      expect(
        sentencesOf(provider, changed(options, { [option]: '$env(PORTICO_ABSENT)' })).join('\n'),
      ).toMatch(/PORTICO_ABSENT was not resolved|must be one of/)
    })

    it.each(textOptions(options))('recognises %s when it is misspelt', (option, value) => {
      const misspelt =
        option.replace(/(.)(.)$/, '$2$1') === option ? `${option}x` : option.replace(/(.)(.)$/, '$2$1')
      const sentences = sentencesOf(provider, changed(options, { [option]: undefined, [misspelt]: value }))
      expect(sentences).toContain(`${misspelt} is an unknown option. Did you mean "${option}"?`)
    })

    it('says which option is missing', () => {
      for (const option of requiredOptions(provider, options)) {
        const problems = problemsOf(provider, changed(options, { [option]: undefined }))
        expect(problems.map((problem) => `${problem.option} ${problem.problem}`).join('\n')).toMatch(
          new RegExp(`^${option} is missing`, 'm'),
        )
      }
    })

    it('never shows the secret', () => {
      const { clientSecret: secret } = options
      const mistakes = Object.keys(options).map((option) =>
        changed(options, { [option]: `${String(secret)} "'` }),
      )
      const shown = [...mistakes, changed(options, { clientId: secret })].map((each) =>
        sentencesOf(provider, each),
      )
      expect(shown.flat().filter((each) => each.includes(String(secret)))).toEqual([])
    })
  })

  it.each(promises.refuses)('refuses %j', (change, expected) => {
    const sentences = sentencesOf(provider, changed(promises.options, change))
    expect(sentences).toEqual(typeof expected === 'string' ? [expected] : expected)
  })

  it.each((promises.accepts ?? []).map((change) => [change] as const))('accepts %j', (change) => {
    expect(sentencesOf(provider, changed(promises.options, change))).toEqual([])
  })

  it('describes all of its options by a JSON Schema', () => {
    const { properties, required } = jsonSchema.parse(provider.jsonSchema)
    expect(structuredClone(provider.jsonSchema)).toEqual(provider.jsonSchema)
    const named = [...required, ...sets.flatMap((options) => Object.keys(options))]
    expect(named.filter((option) => properties[option] === undefined)).toEqual([])
    const undescribed = Object.keys(properties).filter(
      (option) => properties[option]?.description === undefined,
    )
    expect(undescribed).toEqual([])
  })
}

/** Problems of `options`, none when they are right. Any error but `ConfigError` fails the test. */
function problemsOf(provider: AnyProvider, options: ProviderOptionValues): ConfigError['problems'] {
  try {
    provider.create(options)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function sentencesOf(provider: AnyProvider, options: ProviderOptionValues): readonly string[] {
  return problemsOf(provider, options).map(sentence)
}

function textOptions(options: ProviderOptionValues): (readonly [string, string])[] {
  return Object.entries(options).flatMap(([option, value]) =>
    typeof value === 'string' ? [[option, value] as const] : [],
  )
}

function requiredOptions(provider: AnyProvider, options: ProviderOptionValues): readonly string[] {
  const { required } = jsonSchema.parse(provider.jsonSchema)
  return [...required, ...(typeof options['clientSecret'] === 'string' ? ['clientSecret'] : [])]
}
