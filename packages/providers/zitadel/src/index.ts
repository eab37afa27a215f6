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
    roleOrganizationIds: z.array(digits('Resource id of an organization.')).min(1).optional().meta({
      description:
        'Organizations whose assignments of roles count: their resource ids. Default `organizationId`; without that, all.',
    }),
    idpId: digits('Identity provider to sign in with: its resource id.').optional(),
  },
  derive: ({ zitadelUrl, organizationId, roleOrganizationIds, idpId }) => ({
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
        ...(assigners(organizationId, roleOrganizationIds) ?? []).map(
          (id) => `urn:zitadel:iam:org:roles:id:${id}`,
        ),
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
    [rolesClaim]: z.record(z.string(), z.record(z.string(), z.unknown())).nullish().catch(undefined),
    [organizationClaim]: z.string().nullish(),
  }),
  identify: (claims, _read, { organizationId, roleOrganizationIds }) => {
    const { [rolesClaim]: roles, [organizationClaim]: organization } = claims
    if (organizationId !== undefined && organization !== organizationId) {
      throw new IdentityError('sign_in_refused', `Sign in as a user of the organization ${organizationId}.`)
    }
    return {
      ...standardIdentity(claims),
      roles: roles ? countedRoles(roles, assigners(organizationId, roleOrganizationIds)) : undefined,
      organization: organization ?? undefined,
    }
  },
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Redirect URIs" of the application; plain http needs "Development Mode".',
  },
})

/** Whose assignments count. An organization that the project was granted to may assign its roles to anybody. */
function assigners(
  organizationId: string | undefined,
  roleOrganizationIds: readonly string[] | undefined,
): readonly string[] | undefined {
  return roleOrganizationIds ?? (organizationId === undefined ? undefined : [organizationId])
}

/** The claim names each role with the organizations in which it is assigned: `{ role: { id: domain } }`. */
function countedRoles(
  roles: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  organizations: readonly string[] | undefined,
): string[] {
  return Object.entries(roles)
    .filter(([, assigned]) => organizations?.some((id) => Object.hasOwn(assigned, id)) ?? true)
    .map(([role]) => role)
}

function digits(description: string) {
  return shapedText(description, /^\d{6,20}$/, { problem: 'must be a resource id, which consists of digits' })
}
