import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parserProperties } from './index.ts'

describe('the parsers of hostile text, for any input', () => {
  it.each(parserProperties.map(({ title, ...rest }) => [title, rest] as const))(
    '%s',
    async (_title, { property, runs }) => {
      const outcome = await fc.check(property, { numRuns: runs })
      expect({ failed: outcome.failed, shown: fc.defaultReportMessage(outcome) }).toEqual({
        failed: false,
        shown: undefined,
      })
    },
  )
})
