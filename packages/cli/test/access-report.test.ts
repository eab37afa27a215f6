import { describe, expect, it } from 'vitest'

import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const filter = {
  tools: ['search', { name: 'run', rename: 'run_report' }, { name: 'create', scopes: ['mcp:write'] }],
  rules: [
    { effect: 'deny', tools: ['create'], unless: { groups: ['accounting'] } },
    { effect: 'deny', tools: ['search'], groups: ['guests'], clients: ['https://evil.example/*'] },
    { effect: 'deny', tools: ['run'], unless: { users: ['Ada@example.com'] } },
    { effect: 'deny', tools: ['search'], arguments: { where: ['everywhere'] }, roles: ['temp'] },
  ],
}

const files = {
  'config/policies.json': [
    {
      name: 'logto',
      policyType: 'mcp-logto-oauth-inbound',
      handler: {
        module: '$import(@portico/logto)',
        export: 'logto',
        options: {
          logtoEndpoint: 'https://acme.logto.app',
          clientId: 'k9x2m4',
          clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
        },
      },
    },
    {
      name: 'filter',
      policyType: 'mcp-capability-filter-inbound',
      handler: { module: '$import(@portico/gateway)', export: 'Policy', options: filter },
    },
  ],
  'config/routes.oas.json': {
    openapi: '3.1.0',
    info: { title: 'Gateway', version: '1.0.0' },
    paths: {
      '/mcp/books': {
        'get,post': {
          operationId: 'books',
          'x-portico-route': {
            handler: {
              module: '$import(@portico/mcp)',
              export: 'McpProxyHandler',
              options: { rewritePattern: 'https://books.example/mcp' },
            },
            policies: { inbound: ['logto', 'filter'] },
            scopes: { 'mcp:tools': 'Use the tools.', 'mcp:write': 'Write.' },
          },
        },
      },
    },
  },
}

const report = (...commandLine: readonly string[]) =>
  run(['access', 'report', ...commandLine], { directory: temporaryDirectory(files) })

describe('portico access report', () => {
  it('says who could call what, for everybody whom the rules speak of', async () => {
    const { code, output } = await report()
    expect(code).toBe(0)
    expect(output.split('\n')).toEqual([
      'books (/mcp/books)',
      '  all prompts, resources, templates: everybody',
      '  everybody',
      '    may call: tool search',
      '    may not: tool run as run_report, tool create',
      '  scope mcp:write',
      '    may call: tool search',
      '    may not: tool run as run_report, tool create',
      '  group accounting',
      '    may call: tool search',
      '    may after step-up: tool create with mcp:write',
      '    may not: tool run as run_report',
      '  group guests',
      '    may call: tool search',
      '    may not: tool run as run_report, tool create',
      '  client https://evil.example/*',
      '    may call: tool search',
      '    may not: tool run as run_report, tool create',
      '  group guests, client https://evil.example/*',
      '    may not: tool search, tool run as run_report, tool create',
      '  user ada@example.com',
      '    may call: tool search, tool run as run_report',
      '    may not: tool create',
      '  role temp',
      '    may call: tool search with some arguments',
      '    may not: tool run as run_report, tool create',
      '',
    ])
  })

  it('answers for one caller, as JSON too', async () => {
    const caller = ['--user', 'ADA@example.com', '--group', 'accounting', '--scope', 'mcp:write']
    const { output } = await report(...caller, '--json')
    expect(JSON.parse(output)).toEqual({
      routes: [
        {
          route: 'books',
          path: '/mcp/books',
          open: ['prompts', 'resources', 'resourceTemplates'],
          callers: [
            {
              caller: 'user ADA@example.com, group accounting, scope mcp:write',
              capabilities: [
                { kind: 'tools', id: 'search', access: 'allowed' },
                { kind: 'tools', id: 'run', shown: 'run_report', access: 'allowed' },
                { kind: 'tools', id: 'create', access: 'allowed' },
              ],
            },
          ],
        },
      ],
    })
  })

  it('refuses a configuration with mistakes', async () => {
    expect(await report('--config', 'nowhere')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('does not exist'),
    })
  })
})
