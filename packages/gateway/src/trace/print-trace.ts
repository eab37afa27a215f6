import type { FlowTrace } from './read-trace.ts'
import { reasonOf, stageOf } from './trace-stages.ts'
import type { TraceStep } from './trace-step.ts'

/** A trace for people, one line each. */
export function printTrace({
  id,
  route,
  clientId,
  startedAt,
  before,
  steps,
  diagnosis,
}: FlowTrace): readonly string[] {
  const origin = before[0]?.at ?? startedAt
  const line = (step: TraceStep): string => {
    const reason = reasonOf(step)
    const sentence = stageOf(step).happened
    return `  ${`+${step.at - origin}s`.padEnd(7)} ${step.name.padEnd(24)} ${reason === '' ? sentence : `${sentence} (${reason})`}`
  }
  const programs = [...new Set(before.map(({ program }) => program).filter((name) => name !== undefined))]
  return [
    `Trace ${id}, begun ${new Date(origin * 1000).toISOString()}`,
    ...(route === undefined ? [] : [`Route: ${route}`]),
    ...(clientId === undefined ? [] : [`Client: ${clientId}`]),
    ...(programs.length === 0 ? [] : [`Program: ${programs.join(', ')}`]),
    '',
    ...(before.length === 0
      ? []
      : ['Before (joined by client, or by route and time):', ...before.map(line), '']),
    'Steps:',
    ...steps.map(line),
    '',
    `Status: ${diagnosis.status} at ${diagnosis.step}`,
    `What happened: ${diagnosis.happened}${diagnosis.reason === undefined ? '' : ` Reason: ${diagnosis.reason}`}`,
    ...(diagnosis.missing === undefined ? [] : [`What is missing: ${diagnosis.missing}`]),
    ...(diagnosis.remedy === undefined ? [] : [`What to do: ${diagnosis.remedy}`]),
  ]
}
