import { z } from 'zod'

import { expects } from './schema-problems.ts'

/** The members of the extension, for proposals. */
export const routeMembers = ['corsPolicy', 'defaultScopes', 'dpopBound', 'handler', 'policies', 'scopes']

const era = z.enum(['auto', 'modern', 'legacy', 'both'], 'must be "auto", "modern", "legacy" or "both".')

/** What `x-portico-route` holds. */
export const routeSchema = z.strictObject(
  {
    corsPolicy: z.string().optional(),
    handler: z.strictObject(
      {
        module: z.string(expects('"$import(@portico/mcp)"')),
        export: z.string(expects('"McpProxyHandler"')),
        options: z.strictObject(
          {
            rewritePattern: z.string(expects("the upstream MCP server's URL")).optional(),
            era: era.optional(),
            upstreams: z
              .array(
                z.strictObject(
                  {
                    prefix: z.string(expects('a short word, e.g. "linear"')),
                    rewritePattern: z.string(expects("the upstream MCP server's URL")),
                    era: era.optional(),
                    policies: z
                      .array(z.string('must be the name of a policy.'), 'must be a list of policy names.')
                      .default([]),
                  },
                  expects('an object with prefix and rewritePattern'),
                ),
                'must be a list of upstreams.',
              )
              .optional(),
            forwardSearch: z.boolean('must be true or false.').optional(),
            followRedirects: z.boolean('must be true or false.').optional(),
            mtlsCertificate: z.string('must be text.').optional(),
          },
          expects('an object with rewritePattern'),
        ),
      },
      expects('an object with module, export and options'),
    ),
    policies: z.strictObject(
      {
        inbound: z.array(z.string('must be the name of a policy.'), expects('a list of policy names')),
        outbound: z.array(z.string('must be the name of a policy.'), 'must be a list.').optional(),
      },
      expects('an object with inbound, the list of policy names'),
    ),
    scopes: z.record(z.string(), z.string('must say in words what the scope allows.')).optional(),
    defaultScopes: z.array(z.string('must be the name of a scope.'), 'must be a list of scopes.').optional(),
    dpopBound: z.boolean('must be true or false.').optional(),
  },
  expects('an object with handler and policies'),
)

export type RouteExtension = z.output<typeof routeSchema>
