import { bareOrigin, defineProvider, shapedText, vendorAddress } from '@portico/provider'
import { z } from 'zod'

/**
 * Sign in with a Descope project (https://docs.descope.com/identity-federation/applications/oidc-apps/oidc-endpoints).
 * The keys lie elsewhere than the issuer, whose form depends on the kind of application.
 */
export const descope = defineProvider({
  id: 'descope',
  name: 'Descope',
  options: {
    projectId: shapedText('Project ID, `P…`.', /^P[A-Za-z0-9]{20,40}$/, {
      problem: 'must be a project id, which begins with "P"',
      remedy: 'Copy "Project ID" from the project settings.',
    }),
    applicationType: z.enum(['project', 'inbound']).optional().meta({
      description: '`project` (default): the OpenID provider of the project; `inbound`: an inbound app.',
    }),
    descopeBaseUrl: bareOrigin(
      'Custom domain; default `https://api.descope.com`, or the address of the region that the project id names.',
      [
        vendorAddress(
          ['app.descope.com', 'www.descope.com', 'docs.descope.com'],
          'the API',
          'Remove it, or set your custom domain.',
        ),
      ],
    ).optional(),
  },
  derive: ({ projectId, applicationType = 'project', descopeBaseUrl = apiOf(projectId) }) => {
    const isInbound = applicationType === 'inbound'
    const ofProject = `${descopeBaseUrl}/${projectId}`
    const ofInboundApps = `${descopeBaseUrl}/v1/apps/${projectId}`
    const endpoints = `${descopeBaseUrl}/oauth2/v1${isInbound ? '/apps' : ''}`
    return {
      oidc: {
        issuer: isInbound ? ofInboundApps : ofProject,
        jwksUrl: `${ofProject}/.well-known/jwks.json`,
        revocationUrl: `${endpoints}/revoke`,
        userinfoUrl: `${endpoints}/userinfo`,
        ...(!isInbound && { endSessionUrl: `${endpoints}/logout` }),
      },
      browserLogin: { url: `${endpoints}/authorize`, tokenUrl: `${endpoints}/token` },
      userinfo: 'whenMissing',
      hints: [
        isInbound
          ? {
              member: 'iss',
              value: ofProject,
              remedy: 'The token is the project’s: set applicationType to "project".',
            }
          : {
              member: 'iss',
              value: ofInboundApps,
              remedy: 'The token is an inbound app’s: set applicationType to "inbound".',
            },
      ],
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to the approved redirect URLs of the application.',
  },
})

/** Between the `P` and its last 27 characters, the id of a project outside the US names its region (descope-js, core-js-sdk). */
function apiOf(projectId: string): string {
  const region = projectId.slice(1, -27)
  return `https://api.${region === '' ? '' : `${region.toLowerCase()}.`}descope.com`
}
