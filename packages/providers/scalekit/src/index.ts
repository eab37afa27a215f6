import {
  bareOrigin,
  defineProvider,
  prefixedId,
  standardClaims,
  standardIdentity,
  vendorAddress,
} from '@portico/provider'
import { z } from 'zod'

/** Sign in with a Scalekit environment (https://docs.scalekit.com/authenticate/). */
export const scalekit = defineProvider({
  id: 'scalekit',
  name: 'Scalekit',
  options: {
    environmentUrl: bareOrigin('Environment URL, e.g. `https://acme.scalekit.com`, or the custom domain.', [
      vendorAddress(
        ['app.scalekit.com', 'docs.scalekit.com', 'www.scalekit.com'],
        'your environment',
        'Copy "Environment URL" from Developers → API Credentials.',
      ),
      {
        when: /^(?:https?:\/\/)?(?<host>[^/?#]+)\/resources\/[\w-]+/i,
        problem: 'is a resource (an MCP server), not the environment',
        remedy: 'Use "https://$<host>".',
      },
    ]),
    organizationId: prefixedId(
      'Only members of this organization may sign in, `org_…`.',
      'org_',
      'an organization id',
    ).optional(),
    connectionId: prefixedId('Connection to sign in with, `conn_…`.', 'conn_', 'a connection id').optional(),
  },
  derive: ({ environmentUrl, organizationId, connectionId }) => ({
    oidc: {
      issuer: environmentUrl,
      jwksUrl: `${environmentUrl}/keys`,
      userinfoUrl: `${environmentUrl}/userinfo`,
      endSessionUrl: `${environmentUrl}/oidc/logout`,
      ...(organizationId && { requiredClaims: { oid: organizationId } }),
    },
    browserLogin: {
      url: `${environmentUrl}/oauth/authorize`,
      tokenUrl: `${environmentUrl}/oauth/token`,
      parameters: {
        ...(organizationId && { organization_id: organizationId }),
        ...(connectionId && { connection_id: connectionId }),
      },
    },
    userinfo: 'whenMissing',
  }),
  claims: standardClaims.extend({ oid: z.string().nullish() }),
  identify: ({ oid, ...claims }) => ({ ...standardIdentity(claims), organization: oid ?? undefined }),
  explain: {
    invalid_redirect_uri: 'Add the callback address under "Authentication → Redirects".',
  },
})
