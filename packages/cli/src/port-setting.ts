/** @returns `undefined` for a number that is absent, or reported as none */
export function portSetting(
  name: string,
  value: string | undefined,
  report: (setting: string, message: string) => void,
): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  report(name, 'must be a number from 0 to 65535, e.g. 9000.')
  return undefined
}
