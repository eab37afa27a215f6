import type { AcceptedTools } from '@portico/gateway'

/** A JSON object. */
type Definition = Readonly<Record<string, unknown>>

/** How one tool of an upstream differs from the accepted one. */
export interface PinDifference {
  readonly tool: string
  readonly change: 'new' | 'gone' | 'changed'
  /** Members that differ, as accepted and as they are now. */
  readonly members: readonly {
    readonly name: string
    readonly accepted: unknown
    readonly now: unknown
  }[]
}

/** What has changed since tools were accepted, in the order of their names. */
export function pinDifferences(accepted: AcceptedTools, tools: AcceptedTools): readonly PinDifference[] {
  const names = [...new Set([...Object.keys(accepted), ...Object.keys(tools)])].toSorted()
  return names.flatMap((tool): PinDifference[] => {
    const before = accepted[tool]
    const after = tools[tool]
    if (before?.digest === after?.digest) return []
    return [
      {
        tool,
        change: changeOf(before, after),
        members: changedMembers(before?.definition ?? {}, after?.definition ?? {}),
      },
    ]
  })
}

function changeOf(before: object | undefined, after: object | undefined): PinDifference['change'] {
  if (before === undefined) return 'new'
  return after === undefined ? 'gone' : 'changed'
}

function changedMembers(before: Definition, after: Definition): PinDifference['members'] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => name !== 'name' && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, accepted: before[name], now: after[name] }))
}

const signs = { new: '+', gone: '-', changed: '~' } as const

/** The differences of one route for a person who decides. */
export function formatDifferences(routeId: string, differences: readonly PinDifference[]): readonly string[] {
  if (differences.length === 0) return [`${routeId}: every tool is as it was accepted.`]
  const lines = differences.flatMap(({ tool, change, members }) => [
    `  ${signs[change]} ${tool} (${change})`,
    ...members.flatMap(({ name, accepted, now }) => [
      ...(change === 'new' ? [] : [`      - ${name}: ${JSON.stringify(accepted)}`]),
      ...(change === 'gone' ? [] : [`      + ${name}: ${JSON.stringify(now)}`]),
    ]),
  ])
  return [`${routeId}:`, ...lines]
}
