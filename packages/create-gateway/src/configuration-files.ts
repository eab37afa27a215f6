import type { Answers, RouteAnswer } from './answers.ts'
import { variableName } from './provider-choice.ts'

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const policyName = ({ provider }: Answers): string => `${provider.id}-managed-oauth`

/** `config/policies.json`: who may sign in. */
export function policiesFile(answers: Answers): string {
  const { packageName, exportName, policyType, options } = answers.provider
  return json({
    policies: [
      {
        name: policyName(answers),
        policyType,
        handler: {
          module: `$import(${packageName})`,
          export: exportName,
          options: Object.fromEntries(
            options.map(({ name }) => [name, `$env(${variableName(answers.provider, name)})`]),
          ),
        },
      },
    ],
  })
}

/** `config/routes.oas.json`: which MCP servers are behind the gateway. */
export function routesFile(answers: Answers): string {
  const route = ({ name, upstreamUrl }: RouteAnswer) => ({
    'get,post': {
      operationId: `${name}-mcp-server`,
      summary: titleOf(name),
      'x-portico-route': {
        handler: {
          module: '$import(@portico/mcp)',
          export: 'McpProxyHandler',
          options: { rewritePattern: upstreamUrl },
        },
        policies: { inbound: [policyName(answers)] },
      },
    },
  })
  return json({
    openapi: '3.1.0',
    info: { title: 'MCP gateway', version: '1.0.0' },
    paths: Object.fromEntries(answers.routes.map((answer) => [`/mcp/${answer.name}`, route(answer)])),
  })
}

/** With it, users connect their own accounts at the server of a route. */
export function connectionPolicy({ name }: RouteAnswer): object {
  return {
    name: `mcp-token-exchange-${name}`,
    policyType: 'mcp-token-exchange-inbound',
    handler: {
      module: '$import(@portico/gateway)',
      export: 'McpTokenExchangeInboundPolicy',
      options: { authMode: 'user-oauth', displayName: titleOf(name) },
    },
  }
}

/** `linear-issues` → `Linear issues`. */
function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
