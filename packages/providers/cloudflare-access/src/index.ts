import { defineProvider, hostLabel, pathSegment, wholeAddress } from '@portico/provider'

/**
 * Sign in with Cloudflare Access as the identity provider: a SaaS application of the type OIDC, whose client id is part
 * of every address (https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/saas-apps/generic-oidc-saas/).
 */
export const cloudflareAccess = defineProvider({
  id: 'cloudflare-access',
  name: 'Cloudflare Access',
  options: {
    teamName: hostLabel('Team name: `acme` of `acme.cloudflareaccess.com`.', [
      wholeAddress('cloudflareaccess.com', 'the team name'),
      {
        when: /^(?:https?:\/\/)?(?:one\.)?dash\.cloudflare\.com/i,
        problem: 'is the address of the dashboard',
        remedy: 'Copy the team name from Settings of Zero Trust.',
      },
    ]),
    clientId: pathSegment('Client ID of the SaaS application.', [
      {
        when: /^https?:\/\//i,
        problem: 'must be the client id, not a URL',
        remedy: 'Copy "Client ID" of the application.',
      },
    ]),
  },
  derive: ({ teamName, clientId }) => {
    const issuer = `https://${teamName}.cloudflareaccess.com/cdn-cgi/access/sso/oidc/${encodeURIComponent(clientId)}`
    return {
      oidc: { issuer, jwksUrl: `${issuer}/jwks`, userinfoUrl: `${issuer}/userinfo` },
      browserLogin: { url: `${issuer}/authorization`, tokenUrl: `${issuer}/token` },
      userinfo: 'whenMissing',
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Redirect URLs" of the application.',
  },
})
