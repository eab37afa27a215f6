import type { CapabilityEntry, CapabilityKind, CapabilityRules } from '@portico/mcp'
import { z } from 'zod'

const text = (what: string) => z.string(`must be ${what}.`).min(1, 'must not be empty.')
const texts = (what: string) =>
  z.array(text(what), `must be a list of ${what}s.`).min(1, 'must not be empty: leave it out.')
const object = z.record(z.string(), z.unknown(), 'must be an object.')

/** Members that every entry may have. */
const entryMembers = {
  pattern: text('a pattern, e.g. "read_*"').optional(),
  description: text('a description').optional(),
  _meta: object.optional(),
  scopes: texts('scope').optional(),
  roles: texts('role').optional(),
  groups: texts('group').optional(),
  public: z.boolean('must be true or false.').optional(),
}
const resourceMembers = {
  ...entryMembers,
  name: text('a name').optional(),
  mimeType: text('a MIME type').optional(),
}
const tool = z.strictObject({
  ...entryMembers,
  name: text("the tool's name").optional(),
  rename: text('a name').optional(),
  annotations: object.optional(),
})
const prompt = z.strictObject({
  ...entryMembers,
  name: text("the prompt's name").optional(),
  rename: text('a name').optional(),
})
const resource = z.strictObject({ ...resourceMembers, uri: text("the resource's URI").optional() })
const resourceTemplate = z.strictObject({
  ...resourceMembers,
  uriTemplate: text("the template's text").optional(),
})
const entries = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .array(
      z.union([z.string().min(1), entry], 'must be a name, or an object that has one.'),
      'must be a list: leave it out to let everything pass, [] lets nothing pass.',
    )
    .optional()

const whoMembers = {
  scopes: texts('scope').optional(),
  groups: texts('group').optional(),
  roles: texts('role').optional(),
  users: texts('subject or address').optional(),
  clients: texts('client id').optional(),
}
const rule = z.strictObject(
  {
    effect: z.enum(['allow', 'deny'], 'must be "allow" or "deny".'),
    tools: texts('name or pattern').optional(),
    prompts: texts('name or pattern').optional(),
    resources: texts('URI or pattern').optional(),
    resourceTemplates: texts('URI template or pattern').optional(),
    ...whoMembers,
    arguments: z
      .record(
        z.string(),
        z
          .array(
            z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number or a boolean.'),
            'must be a list of values.',
          )
          .min(1, 'must not be empty.'),
        'must be an object with a list of values for each argument.',
      )
      .optional(),
    unless: z
      .strictObject(whoMembers, 'must be an object with groups, roles, users, clients or scopes.')
      .optional(),
  },
  'must be an object with effect and what it is about.',
)

const modeProblem = (mode: unknown): string =>
  mode === 'function'
    ? 'must not be "function": a function cannot come from a file. Use "rolesAndGroups", or say in "rules" who may use what; what no rule can say belongs in code around the "fetch" of createGateway.'
    : 'must be "allPublic" or "rolesAndGroups".'

/** Options of `mcp-capability-filter-inbound`, and of `capabilities` of a route in code. */
export const capabilityOptions = z.strictObject(
  {
    tools: entries(tool),
    prompts: entries(prompt),
    resources: entries(resource),
    resourceTemplates: entries(resourceTemplate),
    accessControl: z
      .strictObject(
        {
          mode: z
            .enum(['allPublic', 'rolesAndGroups'], { error: ({ input }) => modeProblem(input) })
            .optional(),
          roleClaim: text('the name of a claim').optional(),
          groupClaim: text('the name of a claim').optional(),
          identifier: z.unknown().optional(),
        },
        'must be an object with mode.',
      )
      .optional(),
    rules: z.array(rule, 'must be a list of rules.').optional(),
    scopeIncludes: z
      .record(z.string(), texts('scope'), 'must be an object with a list of scopes for each.')
      .optional(),
    pinning: z
      .strictObject(
        {
          mode: z.enum(['warn', 'hide', 'block'], 'must be "warn", "hide" or "block".'),
          ignore: z
            .array(
              z.enum(
                ['title', 'description', 'outputSchema', 'annotations'],
                'must be "title", "description", "outputSchema" or "annotations".',
              ),
              'must be a list of members.',
            )
            .optional(),
        },
        'must be an object with mode.',
      )
      .optional(),
    listBeyondScopes: z.boolean('must be true or false.').optional(),
  },
  'must be an object, e.g. { "tools": ["search"] }.',
)

/** Who may see and use what on one route. */
export type CapabilityOptions = z.input<typeof capabilityOptions>

type AnyEntry = string | z.infer<typeof tool | typeof prompt | typeof resource | typeof resourceTemplate>

/** The member that names an entry. */
export const idMembers: Readonly<Record<CapabilityKind, string>> = {
  tools: 'name',
  prompts: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
}

/** The options as the deciding code takes them. */
export function capabilityRules(options: CapabilityOptions): CapabilityRules {
  const entriesOf = (kind: CapabilityKind) => options[kind]?.map((entry) => capabilityEntry(kind, entry))
  return {
    tools: entriesOf('tools'),
    prompts: entriesOf('prompts'),
    resources: entriesOf('resources'),
    resourceTemplates: entriesOf('resourceTemplates'),
    byMembership: options.accessControl?.mode === 'rolesAndGroups',
    rules: options.rules?.map(({ unless, ...each }) => ({
      ...each,
      users: each.users?.map(userName),
      unless: unless && { ...unless, users: unless.users?.map(userName) },
    })),
    scopeIncludes: options.scopeIncludes,
    listBeyondScopes: options.listBeyondScopes,
  }
}

/** Addresses are compared without their case; subjects with it. */
export const userName = (name: string): string => (name.includes('@') ? name.toLowerCase() : name)

export function capabilityEntry(kind: CapabilityKind, entry: AnyEntry): CapabilityEntry {
  if (typeof entry === 'string') return { id: entry }
  const members: Readonly<Record<string, unknown>> = entry
  const { pattern, roles, groups, scopes, public: isPublic } = entry
  const named = members[idMembers[kind]]
  const projected = [
    'description',
    'annotations',
    '_meta',
    'mimeType',
    ...(kind.startsWith('r') ? ['name'] : []),
  ]
  const projection = Object.fromEntries(
    projected.flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]] as const])),
  )
  return {
    id: pattern ?? String(named),
    isPattern: pattern !== undefined,
    ...('rename' in entry && { rename: entry.rename }),
    ...(Object.keys(projection).length > 0 && { projection }),
    roles,
    groups,
    scopes,
    public: isPublic,
  }
}
