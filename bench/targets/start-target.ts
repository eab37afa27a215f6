import { startHonoFloor } from './floor-hono.ts'
import { startRawFloor } from './floor-raw.ts'
import { startPortico } from './portico.ts'
import type { StartTarget } from './target.ts'

/** In the order in which every round measures them. */
export const targetNames = ['node:http', 'hono', 'portico'] as const
export type TargetName = (typeof targetNames)[number]

export const startTarget: Readonly<Record<TargetName, StartTarget>> = {
  'node:http': startRawFloor,
  hono: startHonoFloor,
  portico: startPortico,
}
