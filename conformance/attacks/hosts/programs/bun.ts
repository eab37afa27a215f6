import { serve } from '@portico/gateway/bun'

import { serveControl } from './serve-control.ts'

await serveControl((gateway, { trustedProxies }) =>
  serve(gateway, { port: 0, hosts: ['127.0.0.1'], trustedProxies, drainSeconds: 0 }),
)
