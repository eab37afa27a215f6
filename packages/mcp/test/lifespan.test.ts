import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { watchAccess } from '../src/lifespan.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('RS-19 waits for an answer before it asks again', async () => {
  const answers: ((holds: boolean) => void)[] = []
  const holds = vi.fn(() => new Promise<boolean>((resolve) => answers.push(resolve)))
  const onLost = vi.fn()
  watchAccess({ everyMs: 1_000, holds }, onLost)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(holds).toHaveBeenCalledTimes(1)

  answers.shift()?.(true)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(holds).toHaveBeenCalledTimes(2)
  expect(onLost).not.toHaveBeenCalled()

  answers.shift()?.(false)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(holds).toHaveBeenCalledTimes(2)
  expect(onLost).toHaveBeenCalledTimes(1)
})
