import {
  bareHost,
  clientSecret,
  defineProvider,
  IdentityError,
  shapedText,
  standardClaims,
  standardIdentity,
} from '@portico/provider'
import { z } from 'zod'

const workspaceDomain = bareHost('Workspace domain.', [
  {
    when: /^(?:https?:\/\/)?(?:gmail|googlemail)\.com/i,
    problem: 'is for consumers, whose accounts belong to no Workspace domain',
    remedy: 'Use the domain of your organization.',
  },
])

/** Sign in with Google (https://developers.google.com/identity/openid-connect/openid-connect). */
export const google = defineProvider({
  id: 'google',
  name: 'Google',
  options: {
    hostedDomain: z
      .union([z.literal('*'), workspaceDomain, z.array(workspaceDomain).min(1)])
      .optional()
      .meta({
        description:
          'Only accounts of this Workspace domain, of one of several, or of any (`*`) may sign in.',
      }),
  },
  client: {
    id: shapedText(
      'Client ID, `….apps.googleusercontent.com`.',
      /^\d+(?:-[a-z0-9]+)?\.apps\.googleusercontent\.com$/,
      {
        problem: 'must end in ".apps.googleusercontent.com"',
        remedy: 'Copy "Client ID" of an OAuth client of the type Web application.',
      },
      [
        { when: /^AIza/, problem: 'is an API key', remedy: 'Copy "Client ID" of an OAuth client.' },
        {
          when: /@.*\.gserviceaccount\.com$/,
          problem: 'is the address of a service account',
          remedy: 'Create an OAuth client of the type Web application.',
        },
        { when: /^\d+$/, problem: 'is a project number', remedy: 'Copy "Client ID" of an OAuth client.' },
        { when: /^https?:\/\//i, problem: 'must be the client id, not a URL' },
      ],
    ),
    secret: clientSecret('Client secret, `GOCSPX-…`.', [
      { when: /^AIza/, problem: 'is an API key', remedy: 'Copy "Client secret" of the OAuth client.' },
    ]),
  },
  derive: ({ hostedDomain, clientSecret: secret }) => ({
    oidc: {
      issuer: 'https://accounts.google.com',
      acceptedIssuers: ['accounts.google.com'], // Google's own libraries accept both.
      jwksUrl: 'https://www.googleapis.com/oauth2/v3/certs',
      userinfoUrl: 'https://openidconnect.googleapis.com/v1/userinfo',
      revocationUrl: 'https://oauth2.googleapis.com/revoke',
      // The parameter is only a hint to the chooser; the claim proves the domain. For `*` see below.
      ...(hostedDomain !== undefined && hostedDomain !== '*' && { requiredClaims: { hd: hostedDomain } }),
    },
    browserLogin: {
      url: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
      prompts: ['none', 'consent', 'select_account'],
      maxAge: 'ignored',
      ...(hostedDomain !== undefined && {
        parameters: { hd: typeof hostedDomain === 'string' ? hostedDomain : '*' },
      }),
    },
    offlineAccess: { parameters: { access_type: 'offline', prompt: 'consent' } },
    warnings:
      secret === undefined || secret.startsWith('GOCSPX-')
        ? []
        : ['clientSecret does not begin with "GOCSPX-", as all newer ones do: is it the right value?'],
  }),
  claims: standardClaims.extend({ hd: z.string().nullish() }),
  identify: ({ hd, ...claims }, _read, { hostedDomain }) => {
    if (hostedDomain === '*' && !hd) {
      throw new IdentityError(
        'sign_in_refused',
        'Sign in with an account of a Google Workspace, not a private one.',
      )
    }
    const email_verified = claims.email_verified && isAuthoritative(claims.email, hd)
    return { ...standardIdentity({ ...claims, email_verified }), organization: hd ?? undefined }
  },
  explain: {
    redirect_uri_mismatch: 'Add the callback address to "Authorized redirect URIs" of the OAuth client.',
    org_internal: 'The consent screen is "Internal": only accounts of the organization may sign in.',
    deleted_client: 'The OAuth client was deleted: create a new one.',
  },
})

/**
 * Whether the address is Google's to give. Of any other, `email_verified` only says that it could be read when the account
 * was made (https://developers.google.com/identity/gsi/web/guides/verify-google-id-token).
 */
function isAuthoritative(email: string | null | undefined, hostedDomain: string | null | undefined): boolean {
  return Boolean(hostedDomain) || /@(?:gmail|googlemail)\.com$/i.test(email ?? '')
}
