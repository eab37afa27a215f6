import { expect, it } from 'vitest'

import { rememberedForms } from '../../src/policy/compiled-rule.ts'

it('the forms of ids are remembered, and when there are too many, the oldest alone are forgotten', () => {
  const formsOf = rememberedForms()
  const oldest = formsOf('tools', 'Oldest')
  expect(oldest).toEqual(['oldest'])
  expect(formsOf('tools', 'Oldest')).toBe(oldest)
  const recent = formsOf('tools', 'Recent')
  for (let index = 0; index < 8191; index += 1) formsOf('tools', `tool-${index}`)
  expect(formsOf('tools', 'Recent')).toBe(recent)
  expect(formsOf('tools', 'Oldest')).not.toBe(oldest)
})
