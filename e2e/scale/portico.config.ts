import { defineConfig } from '@portico/gateway'
import { logto } from '@portico/logto'

/** What every gateway of these tests serves; bundled to the `portico.config.js` that it reads. */
export default defineConfig(({ environment }) => ({
  providers: [
    logto(
      {
        logtoEndpoint: environment['IDP_ENDPOINT'] ?? '',
        clientId: 'portico',
        clientSecret: environment['IDP_CLIENT_SECRET'] ?? '',
      },
      { development: true },
    ),
  ],
  routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: environment['UPSTREAM_URL'] ?? '' } }],
  // A client that was cut off tries again when everything is back, however slow the machine of the test is.
  refreshToken: { replayWindowSeconds: 300 },
}))
