import { type Finding, ok, problem, warning } from './finding.ts'
import type { ProviderUnderTest } from './provider-under-test.ts'

/** ID tokens are valid for minutes: clocks that are apart make good ones look expired, or issued in the future. */
export function checkClock(
  { provider, now }: ProviderUnderTest,
  sentAt: number | undefined,
): readonly Finding[] {
  if (sentAt === undefined) return []
  const apart = now() - sentAt
  const { clockToleranceSeconds } = provider.settings
  const seconds = Math.abs(apart)
  const direction = apart > 0 ? 'ahead of' : 'behind'
  const message = `The clock of this machine is ${seconds} seconds ${direction} that of ${provider.name}.`
  const remedy = 'Synchronize it (NTP).'
  if (seconds > clockToleranceSeconds) return [problem('clock', message, remedy)]
  if (seconds > clockToleranceSeconds / 2) return [warning('clock', message, remedy)]
  return [ok('clock', `The clocks agree within ${clockToleranceSeconds / 2} seconds.`)]
}
