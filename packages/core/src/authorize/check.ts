import type { Context } from '../context.ts'
import type { ClientRecord } from '../records.ts'
import type { Resource } from '../settings.ts'
import type { ProvenRedirectUri } from './answer-address.ts'
import type { RepeatableParameters } from './repeatable-parameters.ts'

/** An authorization request as it arrives: nothing about it is known to be true. */
export interface Arrival {
  readonly context: Context
  readonly parameters: RepeatableParameters
  /** The resource that the path of the endpoint implies: `/authorize/{route}`. */
  readonly route: Resource | undefined
  /** The client sent it to us directly (RFC 9126), not by way of the browser. */
  readonly pushed: boolean
}

/** The same, once the client and the place to answer to are proven. */
export interface ProvenArrival extends Arrival {
  readonly client: ClientRecord
  readonly redirectUri: ProvenRedirectUri
  readonly redirectUriGiven: boolean
}

/** One step: looks at what earlier ones found, and adds what it found, or throws. */
export type Check<Needs, Finds extends object> = (arrival: Needs) => Finds | Promise<Finds>

/** Runs two checks of which the second builds on the first. */
export async function inOrder<Start, First extends object, Second extends object>(
  start: Start,
  [first, second]: readonly [Check<Start, First>, Check<Start & First, Second>],
): Promise<Start & First & Second> {
  const once = { ...start, ...(await first(start)) }
  return { ...once, ...(await second(once)) }
}

type Finding<Each> = Each extends Check<never, infer Finds> ? Finds : never
type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never

/** Runs checks one after the other and puts together what they found. */
export async function runAll<Needs, const Checks extends readonly Check<Needs, object>[]>(
  arrival: Needs,
  checks: Checks,
): Promise<Together<Finding<Checks[number]>>> {
  const found = {}
  for (const check of checks) Object.assign(found, await check(arrival))
  return found as Together<Finding<Checks[number]>>
}
