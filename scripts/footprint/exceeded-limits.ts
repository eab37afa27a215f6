import { type Figure, limits } from './limits.ts'

/** One message for each figure above its limit. */
export function exceededLimits(measured: Readonly<Record<Figure, number>>): string[] {
  return figures
    .filter((figure) => measured[figure] > limits[figure])
    .map((figure) => `${figure}: ${measured[figure]}, and ${limits[figure]} is the limit`)
}

/** All figures, in the order of their limits. */
export const figures = Object.keys(limits) as readonly Figure[]
