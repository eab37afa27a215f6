import { defineProvider } from '@portico/provider'
import { z } from 'zod'

import { ConfigFilesError, parseConfig } from '../src/index.ts'
import type { ConfigFiles, FileProblem, ImportModule, ParsedConfig } from '../src/index.ts'

/** A provider as packages define it. */
export const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  options: {
    acmeDomain: z
      .string()
      .regex(/^[a-z.]+$/)
      .meta({ description: 'Host of the tenant.' }),
  },
  derive: ({ acmeDomain }) => ({
    oidc: { issuer: `https://${acmeDomain}`, jwksUrl: `https://${acmeDomain}/jwks` },
    browserLogin: { url: `https://${acmeDomain}/auth`, tokenUrl: `https://${acmeDomain}/token` },
  }),
})

/** Loads `@portico/acme` and `@vendor/acme`, and fails as Node does for everything else. */
export const importModule: ImportModule = (specifier) =>
  specifier === '@portico/acme' || specifier === '@vendor/acme'
    ? Promise.resolve({ acme })
    : Promise.reject(
        Object.assign(new Error(`Cannot find package '${specifier}' imported from here`), {
          code: 'ERR_MODULE_NOT_FOUND',
        }),
      )

export const environment = { ACME_DOMAIN: 'acme.example', ACME_CLIENT_SECRET: 'wJ8vT2nQx5LrB7kYp3ZsHd9M' }

/** A sign-in policy, changed by `handler` and further members. */
export const signInPolicy = ({
  handler = {},
  ...members
}: { readonly handler?: object; readonly [member: string]: unknown } = {}) => ({
  name: 'staff',
  policyType: 'mcp-acme-oauth-inbound',
  handler: {
    module: '$import(@portico/acme)',
    export: 'acme',
    options: {
      acmeDomain: '$env(ACME_DOMAIN)',
      clientId: 'gateway',
      clientSecret: '$env(ACME_CLIENT_SECRET)',
    },
    ...handler,
  },
  ...members,
})

/** The content of a routes file with one route, changed by `route` (the extension) and `operation`. */
export const routesWith = ({
  path = '/mcp/linear-v1',
  methods = 'get,post',
  extension = 'x-portico-route',
  route = {},
  handler = {},
  options = {},
  operation = {},
}: {
  readonly path?: string
  readonly methods?: string
  readonly extension?: string
  readonly route?: object
  readonly handler?: object
  readonly options?: object
  readonly operation?: object
} = {}) => ({
  openapi: '3.1.0',
  info: { title: 'Gateway', version: '1.0.0' },
  paths: {
    [path]: {
      [methods]: {
        operationId: 'linear-mcp-server',
        summary: 'Linear',
        [extension]: {
          corsPolicy: 'none',
          handler: {
            module: '$import(@portico/mcp)',
            export: 'McpProxyHandler',
            options: { rewritePattern: 'https://mcp.linear.app/mcp', ...options },
            ...handler,
          },
          policies: { inbound: ['staff'] },
          ...route,
        },
        ...operation,
      },
    },
  },
})

export interface Files extends Partial<
  Pick<ConfigFiles, 'environment' | 'importModule' | 'providerIds' | 'fetch'>
> {
  /** Text, or a value to be written as JSON. */
  readonly policies?: unknown
  readonly routes?: unknown
}

/** Parses two files; by default a working pair with one policy and one route. */
export function parse({
  policies = { policies: [signInPolicy()] },
  routes = routesWith(),
  ...rest
}: Files = {}): Promise<ParsedConfig> {
  return parseConfig({
    policies: { file: 'config/policies.json', text: textOf(policies) },
    routes: { file: 'config/routes.oas.json', text: textOf(routes) },
    environment,
    importModule,
    fetch: () => Promise.reject(new Error('nothing is fetched here')),
    providerIds: ['acme', 'logto', 'oidc'],
    ...rest,
  })
}

/** The problems of files that must be refused. */
export async function problemsOf(files: Files): Promise<readonly FileProblem[]> {
  try {
    await parse(files)
  } catch (error) {
    if (error instanceof ConfigFilesError) return error.problems
    throw error
  }
  throw new Error('the files were accepted')
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content, null, 2)
}
