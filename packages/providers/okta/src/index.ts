import { bareHost, defineProvider, prefixedId, shapedText, vendorAddress } from '@portico/provider'
import { z } from 'zod'

/**
 * Sign in with Okta, through the org authorization server or a custom one
 * (https://developer.okta.com/docs/concepts/auth-servers/).
 */
export const okta = defineProvider({
  id: 'okta',
  name: 'Okta',
  options: {
    oktaDomain: oktaHost('Okta domain, e.g. `acme.okta.com`.'),
    authorizationServerId: shapedText(
      'Custom authorization server: `default` or its id `aus…`. Without it the org authorization server is used.',
      /^(?:default|aus[A-Za-z0-9]{10,})$/,
      {
        problem:
          'must be "default" or the id of the authorization server, which begins with "aus", not its name',
        remedy: 'Copy the last part of its Issuer URI from Security → API.',
      },
    ).optional(),
    issuerDomain: oktaHost(
      'The host in the issuer, where it is not `oktaDomain` (the Issuer setting of the server).',
    ).optional(),
    idp: prefixedId(
      'External identity provider to sign in with, `0oa…`.',
      '0oa',
      'the id of an identity provider',
    ).optional(),
    clientSpecificKeys: z.boolean().optional().meta({
      description: 'The application has a signing key of its own, published only with its client id.',
    }),
  },
  derive: (
    { oktaDomain, authorizationServerId, issuerDomain = oktaDomain, idp, clientSpecificKeys, clientId },
    report,
  ) => {
    const path = authorizationServerId === undefined ? '' : `/oauth2/${authorizationServerId}`
    const endpoints = `https://${oktaDomain}${path || '/oauth2'}/v1`
    if (clientSpecificKeys && clientId === undefined) {
      report('clientId', 'is missing: clientSpecificKeys needs it', 'Set the client id of the application.')
    }
    const query = clientSpecificKeys ? `?client_id=${encodeURIComponent(clientId ?? '')}` : ''
    return {
      oidc: {
        issuer: `https://${issuerDomain}${path}`,
        jwksUrl: `${endpoints}/keys${query}`,
        userinfoUrl: `${endpoints}/userinfo`,
        endSessionUrl: `${endpoints}/logout`,
        revocationUrl: `${endpoints}/revoke`,
        discoveryUrl: `https://${oktaDomain}${path}/.well-known/openid-configuration${query}`,
      },
      browserLogin: {
        url: `${endpoints}/authorize`,
        tokenUrl: `${endpoints}/token`,
        prompts: ['none', 'login', 'consent', 'enroll_authenticator'],
        ...(idp && { parameters: { idp } }),
      },
      // ID tokens of custom servers may be "thin" when an access token is issued with them (concepts/api-access-management).
      userinfo: 'whenMissing',
      hints: issuerHints(`https://${issuerDomain}`, path),
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Sign-in redirect URIs" of the application.',
    'not assigned to the client application': 'Assign the user, or a group, to the application in Okta.',
    'Policy evaluation failed':
      'Give the authorization server an access policy with a rule for this application.',
  },
})

function oktaHost(description: string) {
  return bareHost(description, [
    {
      when: /^(?:https?:\/\/)?(?<host>[a-z0-9-]+)-admin\.(?<zone>okta\.com|oktapreview\.com|okta-emea\.com|okta-gov\.com|okta\.mil)/i,
      problem: 'is the address of the admin console: remove "-admin"',
      remedy: 'Use "$<host>.$<zone>".',
    },
    vendorAddress(
      ['okta.com', 'developer.okta.com', 'login.okta.com', 'trust.okta.com', 'www.okta.com'],
      'your organization',
      'Use the domain of your organization, e.g. "acme.okta.com".',
    ),
    {
      when: /^(?:https?:\/\/)?(?<host>[a-z0-9.-]+)\/oauth2\/(?!v1(?:\/|$))(?<server>[A-Za-z0-9]+)(?:\/.*)?$/i,
      problem: 'contains the authorization server, which has an option of its own',
      remedy: 'Set the domain to "$<host>" and authorizationServerId to "$<server>".',
    },
  ])
}

/** Issuer mode: with a custom domain, a server may keep its old issuer until an administrator changes it. */
function issuerHints(origin: string, path: string) {
  const other = path === '' ? '/oauth2/default' : ''
  const remedy =
    other === ''
      ? 'The token is from the org authorization server: remove authorizationServerId.'
      : 'The token is from the custom authorization server "default": set authorizationServerId to "default".'
  return [{ member: 'iss' as const, value: `${origin}${other}`, remedy }]
}
