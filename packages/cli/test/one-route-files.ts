const logtoOptions = {
  logtoEndpoint: 'http://localhost:3001',
  clientId: 'k9x2m4',
  clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
}

/** The configuration of one route behind Logto, as files for `temporaryDirectory`. */
export const oneRouteFiles = (
  options: Readonly<Record<string, string>> = logtoOptions,
  upstream = 'https://mcp.linear.app/mcp',
) => ({
  'config/policies.json': {
    name: 'staff',
    policyType: 'mcp-logto-oauth-inbound',
    handler: {
      module: '$import(@portico/logto)',
      export: 'logto',
      options,
    },
  },
  'config/routes.oas.json': {
    openapi: '3.1.0',
    info: { title: 'Gateway', version: '1.0.0' },
    paths: {
      '/mcp/linear-v1': {
        'get,post': {
          operationId: 'linear-mcp-server',
          'x-portico-route': {
            handler: {
              module: '$import(@portico/mcp)',
              export: 'McpProxyHandler',
              options: { rewritePattern: upstream },
            },
            policies: { inbound: ['staff'] },
          },
        },
      },
    },
  },
})
