import { z } from 'zod'

const text = (what: string) => z.string(`must be ${what}.`)
const functionOf = z.custom((value) => typeof value === 'function', 'must be a function.')
const member = functionOf.optional()
const texts = z.record(z.string(), z.string('must be text.'), 'must be an object with a text for each name.')
const flag = z.boolean('must be true or false.').optional()
const names = z.array(z.string('must be text.'), 'must be a list of names.')

/** Their values are judged by `routeProblems`, with examples. */
const upstream = {
  url: z.unknown(),
  headers: texts.optional(),
  connection: text('the id of one of "connections"').optional(),
  era: z.enum(['auto', 'modern', 'legacy', 'both']).optional(),
}

/** The same for a route; the rest of it is judged elsewhere. */
const route = z.object({
  name: text('text for the consent page').optional(),
  description: text('text for the registry').optional(),
  scopes: texts.optional(),
  acceptedTools: z
    .record(
      z.string(),
      z.object({ digest: z.string(), definition: z.record(z.string(), z.unknown()) }),
      'must be what "portico pin accept" writes for a route.',
    )
    .optional(),
  upstream: z.object({ ...upstream, forwardSearch: flag }, 'must be an object with "url".').optional(),
  upstreams: z
    .array(
      z.object(
        { ...upstream, prefix: text('a short word, e.g. "linear"') },
        'must be an object with "prefix" and "url".',
      ),
      'must be a list of upstreams.',
    )
    .optional(),
})

const observer = z.object(
  { begin: member, event: member, streams: member },
  'must be an observer, or a list of them.',
)

/** The form of the options that are the gateway's own; those of the authorization server are judged by it. */
export const optionForms = z.object({
  admin: z
    .strictObject(
      { token: text('text').optional(), url: text('an origin').optional() },
      'must be an object with "token".',
    )
    .optional(),
  audit: z
    .strictObject(
      {
        write: functionOf,
        arguments: z.enum(['off', 'redacted']).optional(),
        redact: names.optional(),
      },
      'must be an object with "write", a function of lines.',
    )
    .optional(),
  connections: z.array(z.object({}, 'must be an object.'), 'must be a list of upstream accounts.').optional(),
  development: flag,
  fetch: member,
  metrics: z
    .object(
      { contentType: text('text'), text: functionOf },
      'must be an object with "contentType" and "text".',
    )
    .optional(),
  now: member,
  observer: z
    .union([observer, z.array(observer)], { error: 'must be an observer, or a list of them.' })
    .optional(),
  onError: member,
  onEvent: member,
  randomToken: member,
  routes: z.array(route),
  upstreamFetch: member,
})

/** Members that may have been meant by an unknown one. */
export const formMembers = ['arguments', 'redact', 'token', 'url', 'write']
