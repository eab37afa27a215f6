import { projectImporter, providerIds } from '../../packages/cli/src/project-importer.ts'
import { ConfigFilesError } from '../../packages/gateway/src/config/file-problem.ts'
import { parseJsonc } from '../../packages/gateway/src/config/jsonc-document.ts'
import { parseConfig } from '../../packages/gateway/src/config/parse-config.ts'
import { workspaceRoot } from '../../scripts/workspace-packages.ts'
import type { CodeFence } from './code-fences.ts'

type Json = Readonly<Record<string, unknown>>

const signIn = {
  name: 'sign-in',
  policyType: 'mcp-logto-oauth-inbound',
  handler: {
    module: '$import(@portico/logto)',
    export: 'logto',
    options: { logtoEndpoint: 'https://acme.logto.app', clientId: 'the-app-id', clientSecret: 'the-secret' },
  },
}
const rewritePattern = 'https://mcp.linear.app/mcp'

/** What the variables of the pages stand for, where the provider is particular about it. */
const environment: Readonly<Record<string, string>> = {
  AUTH0_DOMAIN: 'acme.us.auth0.com',
  AWS_REGION: 'eu-west-1',
  CLERK_FRONTEND_API_URL: 'https://clerk.example.com',
  CLOUDFLARE_TEAM_NAME: 'acme',
  COGNITO_USER_POOL_DOMAIN: 'acme.auth.eu-west-1.amazoncognito.com',
  COGNITO_USER_POOL_ID: 'eu-west-1_ZLiEFD4b6',
  DESCOPE_PROJECT_ID: 'P2abcdefghijklmnopqrstuvwxyz',
  ENTRA_CLIENT_ID: '6731de76-14a6-49ae-97bc-6eba6914391e',
  ENTRA_TENANT_ID: '3aa4a235-b6e2-48d5-9195-7fcf05b459b0',
  GOOGLE_CLIENT_ID: '1234.apps.googleusercontent.com',
  KEYCLOAK_REALM: 'acme',
  KINDE_DOMAIN: 'acme.kinde.com',
  OKTA_DOMAIN: 'acme.okta.com',
  ONELOGIN_SUBDOMAIN: 'acme',
  ORY_PROJECT_SLUG: 'acme-slug-1234',
  PING_ENVIRONMENT_ID: '3aa4a235-b6e2-48d5-9195-7fcf05b459b0',
  WORKOS_AUTHKIT_DOMAIN: 'https://acme.authkit.app',
  WORKOS_CLIENT_ID: 'client_01H8EXAMPLE',
}

/** The two files of a gateway. */
interface Files {
  readonly policies: Json
  readonly routes: Json
}

/**
 * What is wrong with the JSON of a block: its notation, or, where it is a file of the gateway or a part of one, what
 * `portico config check` would say of it. `neighbours` are the other blocks of its page: the file that belongs to this
 * one may be among them.
 */
export async function configurationProblems(
  block: CodeFence,
  neighbours: readonly CodeFence[],
): Promise<readonly string[]> {
  const { value, problems } = parseBlock(block)
  if (problems.length > 0 || !isObject(value)) return problems
  const others = neighbours.map((neighbour) => parseBlock(neighbour).value).filter(isObject)
  const files = filesWith(value, others)
  return files ? problemsOf(files) : []
}

/** As strict as JSON, unless the page says that it is JSON with comments. A block of members is an object. */
function parseBlock({ language, code, page }: CodeFence): {
  readonly value: unknown
  readonly problems: readonly string[]
} {
  const text = /^\s*"/.test(code) ? `{${code}}` : code
  if (language === 'jsonc') {
    const { value, problems } = parseJsonc({ file: page, text })
    return { value, problems: problems.map(({ message }) => message) }
  }
  try {
    return { value: JSON.parse(text) as unknown, problems: [] }
  } catch (error) {
    return { value: undefined, problems: [String(error)] }
  }
}

/** The files of a gateway that `value` is a file or a part of; undefined where it has nothing to do with one. */
function filesWith(value: Json, others: readonly Json[]): Files | undefined {
  if ('openapi' in value) return { policies: others.find(isWholePolicies) ?? { policies: [] }, routes: value }
  if (isWholePolicies(value)) {
    const routes = others.find((other) => 'openapi' in other)
    return { policies: value, routes: routes ?? routesTo({ rewritePattern }, namesOf(value)) }
  }
  if ('policies' in value) {
    return { policies: { ...value, policies: [signIn] }, routes: routesTo({ rewritePattern }, [signIn.name]) }
  }
  if ('policyType' in value) {
    const policies = { policies: signsIn(value) ? [value] : [signIn, value] }
    return { policies, routes: routesTo({ rewritePattern }, namesOf(policies)) }
  }
  const { options } = value
  if (!isObject(options) || !Array.isArray(options['upstreams'])) return undefined
  const named = (options['upstreams'] as readonly Json[]).flatMap(({ policies }) => policies as string[])
  return {
    policies: { policies: [signIn, ...named.map(policyNamed)] },
    routes: routesTo(options, [signIn.name]),
  }
}

async function problemsOf({ policies, routes }: Files): Promise<readonly string[]> {
  try {
    await parseConfig({
      policies: { file: 'policies.json', text: JSON.stringify(policies) },
      routes: { file: 'routes.oas.json', text: JSON.stringify(routes) },
      environment: environmentOf(JSON.stringify([policies, routes])),
      importModule: projectImporter(workspaceRoot),
      providerIds,
      fetch: (url) => Promise.resolve(Response.json(discoveryDocument(new URL(url).origin))),
    })
    return []
  } catch (error) {
    if (!(error instanceof ConfigFilesError)) throw error
    return error.problems.map(({ file, path, message }) => `${file} ${path}: ${message}`)
  }
}

function isWholePolicies({ policies }: Json): boolean {
  return Array.isArray(policies) && policies.length > 0
}

function namesOf({ policies }: Json): string[] {
  return (policies as readonly Json[]).map(({ name }) => String(name))
}

function signsIn({ policyType }: Json): boolean {
  return /^mcp-([\w-]+-)?oauth-inbound$/.test(String(policyType))
}

function policyNamed(name: string): Json {
  const [policyType, exportName, options] = name.startsWith('mcp-token-exchange-')
    ? [
        'mcp-token-exchange-inbound',
        'McpTokenExchangeInboundPolicy',
        { authMode: 'user-oauth', displayName: 'Linear' },
      ]
    : ['set-upstream-api-key-inbound', 'SetUpstreamApiKeyInboundPolicy', { value: 'Bearer the-key' }]
  return { name, policyType, handler: { module: '$import(@portico/gateway)', export: exportName, options } }
}

function routesTo(options: Json, inbound: readonly string[]): Json {
  const handler = { module: '$import(@portico/mcp)', export: 'McpProxyHandler', options }
  const scopes = { 'mcp:tools': 'Use the tools', 'mcp:write': 'Change something' }
  const operation = { operationId: 'linear', 'x-portico-route': { handler, policies: { inbound }, scopes } }
  return {
    openapi: '3.1.0',
    info: { title: 'MCP gateway', version: '1.0.0' },
    paths: { '/mcp/linear-v1': { 'get,post': operation } },
  }
}

function environmentOf(text: string): Readonly<Record<string, string>> {
  const names = [...text.matchAll(/\$env\((\w+)\)/g)].map(([, name = '']) => name)
  return Object.fromEntries(
    names.map((name) => [
      name,
      environment[name] ??
        (/_(URL|ENDPOINT|ISSUER)$/.test(name)
          ? 'https://idp.example.com'
          : // As long as the secret of a client has to be.
            `the-${name.toLowerCase()}`.padEnd(name.endsWith('_SECRET') ? 32 : 0, '-')),
    ]),
  )
}

function discoveryDocument(issuer: string): Json {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
