import {
  baseUrl,
  clientSecret,
  defineProvider,
  pageBelow,
  standardClaims,
  standardIdentity,
} from '@portico/provider'
import { z } from 'zod'

/** Sign in with GitLab.com or a GitLab of your own (https://docs.gitlab.com/integration/openid_connect_provider/). */
export const gitlab = defineProvider({
  id: 'gitlab',
  name: 'GitLab',
  options: {
    gitlabUrl: baseUrl(
      'Address of GitLab; default `https://gitlab.com`. With a relative URL root it has a path.',
      [pageBelow(['-', 'oauth', 'admin', 'users', 'api'], 'is a page of GitLab, not its address')],
    ).optional(),
  },
  client: {
    secret: clientSecret('Secret of the application.', [
      {
        when: /^glpat-/,
        problem: 'is a personal access token',
        remedy: 'Copy "Secret" of the application, which begins with "gloas-" on newer versions.',
      },
    ]),
  },
  derive: ({ gitlabUrl = 'https://gitlab.com' }) => ({
    oidc: {
      issuer: gitlabUrl,
      jwksUrl: `${gitlabUrl}/oauth/discovery/keys`,
      userinfoUrl: `${gitlabUrl}/oauth/userinfo`,
      revocationUrl: `${gitlabUrl}/oauth/revoke`,
    },
    browserLogin: {
      url: `${gitlabUrl}/oauth/authorize`,
      tokenUrl: `${gitlabUrl}/oauth/token`,
      prompts: ['none', 'login'], // The others end in errors (gitlab-org/gitlab, issue 377368).
    },
    clientAuthentication: { methods: ['client_secret_post', 'client_secret_basic'] },
    userinfo: 'whenMissing',
    offlineAccess: null, // Every code grant returns a refresh token.
  }),
  claims: standardClaims.extend({ groups_direct: z.array(z.string()).nullish().catch(undefined) }),
  // All groups, inherited ones too, come only from userinfo; the ID token names the direct ones.
  identify: ({ groups_direct, ...claims }) => {
    const identity = standardIdentity(claims)
    return { ...identity, groups: identity.groups ?? groups_direct ?? undefined }
  },
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Redirect URI" of the application, on a line of its own.',
  },
})
