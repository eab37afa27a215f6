const usual = 25
const most = 100

/** What is said of any other. */
export const pageLimitRule = `limit must be a number from 1 to ${most}.`

/** How many entries a page has. @returns `undefined` for what is no such number */
export function pageLimit(given: string | null): number | undefined {
  if (given === null) return usual
  const limit = Number(given)
  return /^\d{1,3}$/.test(given) && limit >= 1 && limit <= most ? limit : undefined
}
