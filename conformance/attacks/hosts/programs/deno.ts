import { serve } from '@portico/gateway/deno'

import { serveControl } from './serve-control.ts'

await serveControl((gateway, { trustedProxies }) =>
  serve(gateway, { port: 0, hosts: ['127.0.0.1'], trustedProxies, drainSeconds: 0 }),
)
