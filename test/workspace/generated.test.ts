import { expect, it } from 'vitest'

import { outdatedFiles } from '../../scripts/generate/outdated-files.ts'

it('has generated files that are current: `pnpm generate` changes nothing', async () => {
  const outdated = await outdatedFiles()
  expect(outdated.map(({ path }) => path)).toEqual([])
})
