import { type Answers, factoryName } from './answers.ts'
import type { Endpoints } from './endpoints.ts'
import { quoted, userUrl } from './source-template.ts'

/** What an example says until somebody has looked it up: no provider derives it. */
const unknown = "'fill in: the published value'"

/** `test/<id>.test.ts`. */
export function testOf(answers: Answers, endpoints: Endpoints): string {
  const { id, issuer, kind } = answers
  const factory = factoryName(id)
  const option = `${factory}Endpoint`
  const own = kind === 'oidc' ? `${option}: ${quoted(endpoints.origin)}` : ''
  const published = (url: string): string => (endpoints.known ? quoted(url) : unknown)
  const second = endpoints.known
    ? '    // Place 2 of 3: taken from the discovery document. Add an example for every option that changes an address.'
    : '    // Place 2 of 3: fill in what the provider publishes about one tenant.'
  return `import { describeProvider } from ${quoted('@portico/testkit')}

import { ${factory} } from '../src/index.ts'

describeProvider(${factory}, {
  options: { ${own === '' ? '' : `${own}, `}clientId: 'portico', clientSecret: 'p0Zr3vQ8mKxT2wLs' },
  derives: [
${second}
    [
      { ${own} },
      {
        'oidc.issuer': ${quoted(issuer)},
${kind === 'oauth2' ? '' : `        'oidc.jwksUrl': ${published(endpoints.jwks)},\n`}        'browserLogin.url': ${published(endpoints.authorization)},
        'browserLogin.tokenUrl': ${published(endpoints.token)},
      },
    ],
  ],
${kind === 'oidc' && endpoints.known ? "  fixtures: new URL('fixtures/', import.meta.url),\n" : ''}  refuses: [
${kind === 'oidc' ? slashRefusal(option, endpoints.origin) : secretRefusal}  ],
  identifies: [
    // Place 3 of 3: fill in what a real login says about somebody, and who that is.
${personOf(answers)}  ],
})
`
}

function slashRefusal(option: string, origin: string): string {
  return `    [
      { ${option}: ${quoted(`${origin}/`)} },
      ${quoted(`${option} must be the bare origin: remove the trailing "/". Use "${origin}".`)},
    ],
`
}

const secretRefusal = `    [
      { clientSecret: undefined },
      'clientSecret is missing. Set the client secret of the application, best from the environment.',
    ],
`

function personOf({ kind, issuer }: Answers): string {
  const identity = `identity: { subject: 'u1', name: 'fill in' }`
  if (kind === 'oauth2') {
    return `    {
      claims: {},
      answers: { ${quoted(userUrl(issuer))}: { id: 'u1', name: 'Ada' } },
      ${identity},
    },
`
  }
  const claims = kind === 'oidc' ? "{ sub: 'u1', name: 'Ada' }" : "{ user: { id: 'u1', name: 'Ada' } }"
  return `    { claims: ${claims}, ${identity} },\n`
}
