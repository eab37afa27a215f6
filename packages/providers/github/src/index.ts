import {
  bareOrigin,
  clientSecret,
  defineProvider,
  IdentityError,
  shapedText,
  type Read,
} from '@portico/provider'
import { z } from 'zod'

const user = z.object({
  id: z.number().int(),
  login: z.string(),
  name: z.string().nullish(),
  avatar_url: z.string().nullish(),
})
const emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))
const memberships = z.array(z.object({ organization: z.object({ login: z.string() }) }))

const login = shapedText('Login of the organization.', /^[A-Za-z\d](?:[A-Za-z\d-]{0,38})$/, {
  problem: 'must be the login of an organization, as it stands in its address',
})

/**
 * Sign in with GitHub, which issues no ID tokens: the user is read from its API
 * (https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps).
 */
export const github = defineProvider({
  id: 'github',
  name: 'GitHub',
  kind: 'oauth2',
  scope: 'read:user user:email',
  options: {
    githubUrl: bareOrigin(
      'Address of a GitHub Enterprise Server, or of `….ghe.com`; default `https://github.com`.',
      [
        {
          when: /^(?:https?:\/\/)?(?:api|www)\.github\.com/i,
          problem: 'is an address of github.com, which is the default',
          remedy: 'Remove it.',
        },
        {
          when: /^(?:https?:\/\/)?api\.(?<host>[a-z0-9-]+\.ghe\.com)(?:\/|$)/i,
          problem: 'is the address of the API',
          remedy: 'Use "https://$<host>".',
        },
      ],
    ).optional(),
    organizations: z
      .array(login)
      .min(1)
      .optional()
      .meta({ description: 'Only members of one of these organizations may sign in; asks for `read:org`.' }),
  },
  client: {
    id: shapedText('Client ID.', /^[\w.-]+$/, { problem: 'must be a client id' }, [
      {
        when: /^\d+$/,
        problem: 'is the App ID',
        remedy: 'Copy "Client ID", which begins with "Iv" or "Ov" on newer apps.',
      },
      {
        when: /^(?:gh[opsu]_|github_pat_)/,
        problem: 'is an access token',
        remedy: 'Copy "Client ID" of the app.',
      },
    ]),
    secret: clientSecret('Client secret.', [
      {
        when: /^(?:gh[opsu]_|github_pat_)/,
        problem: 'is an access token',
        remedy: 'Generate a client secret in the settings of the app.',
      },
    ]),
  },
  derive: ({ githubUrl = 'https://github.com', organizations }) => ({
    issuer: `${githubUrl}/login/oauth`,
    browserLogin: {
      url: `${githubUrl}/login/oauth/authorize`,
      tokenUrl: `${githubUrl}/login/oauth/access_token`,
      scopes: organizations ? ['read:org'] : [],
      nonce: 'absent',
      prompts: ['select_account'],
      maxAge: 'ignored',
    },
    clientAuthentication: { methods: ['client_secret_post'], errorsWithStatus200: true },
    offlineAccess: null,
  }),
  claims: z.object({}),
  identify: async (_claims, read, { githubUrl, organizations }) => {
    const api = apiOf(githubUrl)
    const [account, addresses, groups] = await Promise.all([
      read(`${api}/user`, user),
      read(`${api}/user/emails`, emails),
      organizations === undefined ? undefined : membershipOf(organizations, api, read),
    ])
    const primary = addresses.find((address) => address.primary)
    return {
      subject: String(account.id), // The login can be renamed, and taken over by somebody else.
      name: account.name ?? account.login,
      email: primary && { address: primary.email, verified: primary.verified },
      groups,
      picture: account.avatar_url ?? undefined,
    }
  },
  explain: {
    bad_verification_code: 'The code was used before or is older than ten minutes: sign in again.',
    incorrect_client_credentials: 'Check clientId and clientSecret: they are those of one app.',
    redirect_uri_mismatch: 'Set the callback address as "Authorization callback URL" of the app.',
    application_suspended: 'The app is suspended: see its settings at GitHub.',
  },
})

/** Enterprise Server has its API below the same host, Enterprise Cloud with data residency on a host of its own. */
function apiOf(githubUrl: string | undefined): string {
  if (githubUrl === undefined || githubUrl === 'https://github.com') return 'https://api.github.com'
  const { hostname } = new URL(githubUrl)
  return hostname.endsWith('.ghe.com') ? `https://api.${hostname}` : `${githubUrl}/api/v3`
}

/** The most that GitHub puts on one page. */
const pageSize = 100
/** Who is in more organizations than these pages hold has to wait for no more of them. */
const maximumPages = 10

/** Organizations of the list that the user is an active member of. GitHub leaves out those it may not tell. */
async function membershipOf(organizations: readonly string[], api: string, read: Read): Promise<string[]> {
  const allowed = new Set(organizations.map((each) => each.toLowerCase()))
  const found: string[] = []
  for (let page = 1; page <= maximumPages; page += 1) {
    const url = `${api}/user/memberships/orgs?state=active&per_page=${pageSize}`
    const active = await read(page === 1 ? url : `${url}&page=${page}`, memberships)
    const logins = active.map(({ organization }) => organization.login)
    found.push(...logins.filter((each) => allowed.has(each.toLowerCase())))
    if (active.length < pageSize) break
  }
  if (found.length > 0) return found
  throw new IdentityError(
    'sign_in_refused',
    `Sign in as a member of ${organizations.join(' or ')}. If you are one, grant this app access to the organization at GitHub.`,
  )
}
