import * as fc from 'fast-check'

import { ConfigFilesError } from '../../packages/gateway/src/config/file-problem.ts'
import { parseConfig } from '../../packages/gateway/src/config/parse-config.ts'
import type { ParserProperty } from './property.ts'

const secret = 'S3cr3t-that-nobody-may-tell'

const word = fc.constantFrom(
  'policies', 'name', 'policyType', 'handler', 'module', 'export', 'options', 'paths', '/mcp/a', 'get,post', 'operationId',
  'x-portico-route', 'corsPolicy', 'inbound', 'rewritePattern', '$env(SECRET)', '${env.SECRET}', '$env(MISSING)',
  '$import(@portico/oidc)', 'mcp-oauth-inbound', 'mcp-logto-oauth-inbound', '__proto__',
) // prettier-ignore
const value = fc.letrec<{ readonly any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(word, tie('any'), { maxKeys: 4 }),
  ),
})).any
const file = fc.oneof(
  { weight: 3, arbitrary: value.map((content) => JSON.stringify(content)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 1, arbitrary: value.map((content) => `// comment\n${JSON.stringify(content, null, 2)},`) },
)

export const configurationProperties: readonly ParserProperty[] = [
  {
    title: 'configuration files are understood, or refused with what is wrong and never with a secret',
    runs: 300,
    property: fc.asyncProperty(file, file, async (policies, routes) => {
      try {
        await parseConfig({
          policies: { file: 'policies.json', text: policies },
          routes: { file: 'routes.oas.json', text: routes },
          environment: { SECRET: secret },
          importModule: () =>
            Promise.reject(Object.assign(new Error('missing'), { code: 'ERR_MODULE_NOT_FOUND' })),
          fetch: () => Promise.reject(new Error('nothing is fetched here')),
          providerIds: ['oidc', 'logto'],
        })
        return true
      } catch (error) {
        if (!(error instanceof ConfigFilesError)) throw error
        return (
          error.problems.length > 0 &&
          !error.message.includes(secret) &&
          !JSON.stringify(error.problems).includes(secret)
        )
      }
    }),
  },
]
