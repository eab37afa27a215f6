import {
  bareOrigin,
  defineProvider,
  IdentityError,
  shapedText,
  standardClaims,
  standardIdentity,
  vendorAddress,
} from '@portico/provider'
import { z } from 'zod'

const organizationClaim = 'urn:zitadel:iam:user:resourceowner:id'
const rolesClaim = 'urn:zitadel:iam:org:project:roles'

/** Sign in with ZITADEL, in the cloud or self-hosted (https://zitadel.com/docs/apis/openidoauth/endpoints). */
export const zitadel = defineProvider({
  id: 'zitadel',
  name: 'ZITADEL',
  options: {
    zitadelUrl: bareOrigin('Address of the instance, e.g. `https://acme-ab12cd.us1.zitadel.cloud`.', [
      {
        when: /^(?:https?:\/\/)?(?<host>[^/?#]+)\/ui\/(?:v2\/)?(?:console|login)/i,
        problem: 'is a page of the instance, not its address',
        remedy: 'Use "https://$<host>".',
      },
      vendorAddress(
        ['zitadel.com', 'zitadel.cloud', 'www.zitadel.com', 'www.zitadel.cloud'],
        'your instance',
        'Copy the domain of the instance from the Customer Portal.',
      ),
    ]),
    organizationId: digits('Only members of this organization may sign in: its resource id.').optional(),
    idpId: digits('Identity provider to sign in with: its resource id.').optional(),
  },
  derive: ({ zitadelUrl, organizationId, idpId }) => ({
    oidc: {
      issuer: zitadelUrl,
      jwksUrl: `${zitadelUrl}/oauth/v2/keys`,
      algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
      userinfoUrl: `${zitadelUrl}/oidc/v1/userinfo`,
      endSessionUrl: `${zitadelUrl}/oidc/v1/end_session`,
      revocationUrl: `${zitadelUrl}/oauth/v2/revoke`,
    },
    browserLogin: {
      url: `${zitadelUrl}/oauth/v2/authorize`,
      tokenUrl: `${zitadelUrl}/oauth/v2/token`,
      // Reserved scopes stand in for parameters (docs, apis/openidoauth/scopes).
      scopes: [
        ...(organizationId
          ? [`urn:zitadel:iam:org:id:${organizationId}`, 'urn:zitadel:iam:user:resourceowner']
          : []),
        ...(idpId ? [`urn:zitadel:iam:org:idp:id:${idpId}`] : []),
      ],
    },
    clientAuthentication: {
      methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    },
    // Without "User Info inside ID Token" the ID token has no address, and never the organization.
    userinfo: organizationId ? 'always' : 'whenMissing',
  }),
  claims: standardClaims.extend({
    [rolesClaim]: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    [organizationClaim]: z.string().nullish(),
  }),
  identify: (claims, _read, { organizationId }) => {
    const { [rolesClaim]: roles, [organizationClaim]: organization } = claims
    if (organizationId !== undefined && organization !== organizationId) {
      throw new IdentityError('sign_in_refused', `Sign in as a user of the organization ${organizationId}.`)
    }
    return {
      ...standardIdentity(claims),
      roles: roles ? Object.keys(roles) : undefined,
      organization: organization ?? undefined,
    }
  },
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Redirect URIs" of the application; plain http needs "Development Mode".',
  },
})

function digits(description: string) {
  return shapedText(description, /^\d{6,20}$/, { problem: 'must be a resource id, which consists of digits' })
}
