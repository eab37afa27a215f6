import { describe, expect, it } from 'vitest'

import { exceededLimits } from '../../scripts/footprint/exceeded-limits.ts'
import { limits } from '../../scripts/footprint/limits.ts'

describe('limits of the footprint', () => {
  it('hold what is exactly as large as they allow', () => {
    expect(exceededLimits(limits)).toEqual([])
  })

  it('name what is larger by one, how large it is and how large it may be', () => {
    const figure = 'Core and one provider: packages'
    expect(exceededLimits({ ...limits, [figure]: limits[figure] + 1 })).toEqual([
      `${figure}: ${limits[figure] + 1}, and ${limits[figure]} is the limit`,
    ])
  })
})
