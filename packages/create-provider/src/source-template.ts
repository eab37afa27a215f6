import { type Answers, factoryName } from './answers.ts'
import type { Endpoints } from './endpoints.ts'

/** A value between quotes, as JavaScript. */
export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** `src/index.ts`. */
export function sourceOf(answers: Answers, endpoints: Endpoints): string {
  if (answers.kind === 'oidc') return oidcSource(answers, endpoints)
  return answers.kind === 'oauth2' ? oauth2Source(answers, endpoints) : privateSource(answers, endpoints)
}

const mark = (endpoints: Endpoints): string =>
  endpoints.known
    ? '    // Place 1 of 3: taken from the discovery document of one tenant. Check that every tenant has them.'
    : '    // Place 1 of 3: fill in the addresses that the documentation gives, and link it above.'

function oidcSource({ id, name }: Answers, endpoints: Endpoints): string {
  const option = `${factoryName(id)}Endpoint`
  const { origin, issuerPath } = endpoints
  const url = (address: string): string =>
    address.startsWith(`${origin}/`) ? `\`\${${option}}${address.slice(origin.length)}\`` : quoted(address)
  return `import { bareOrigin, defineProvider } from '@portico/provider'

/** Sign in with ${name}. */
export const ${factoryName(id)} = defineProvider({
  id: ${quoted(id)},
  name: ${quoted(name)},
  options: { ${option}: bareOrigin('Address of your tenant, e.g. \`${origin}\`.') },
  derive: ({ ${option} }) => ({
${mark(endpoints)}
    oidc: {
      issuer: ${issuerPath === '' ? option : `\`\${${option}}${issuerPath}\``},
      jwksUrl: ${url(endpoints.jwks)},
    },
    browserLogin: {
      url: ${url(endpoints.authorization)},
      tokenUrl: ${url(endpoints.token)},
    },
  }),
})
`
}

function oauth2Source({ id, name, issuer }: Answers, endpoints: Endpoints): string {
  return `import { defineProvider } from '@portico/provider'
import { z } from 'zod'

const userSchema = z.object({ id: z.union([z.int(), z.string()]), name: z.string().nullish() })

/** Sign in with ${name}, which has no ID token: the identity is read from its API. */
export const ${factoryName(id)} = defineProvider({
  id: ${quoted(id)},
  name: ${quoted(name)},
  kind: 'oauth2',
  scope: 'profile',
  options: {},
  derive: () => ({
${mark(endpoints)}
    issuer: ${quoted(issuer)},
    browserLogin: {
      url: ${quoted(endpoints.authorization)},
      tokenUrl: ${quoted(endpoints.token)},
      nonce: 'absent',
    },
  }),
  claims: z.object({}),
  identify: async (_claims, read) => {
    const user = await read(${quoted(userUrl(issuer))}, userSchema)
    return { subject: String(user.id), name: user.name ?? undefined }
  },
})
`
}

function privateSource({ id, name, issuer }: Answers, endpoints: Endpoints): string {
  return `import { defineProvider } from '@portico/provider'
import { z } from 'zod'

/** Sign in with ${name}, whose token endpoint answers in a format of its own. */
export const ${factoryName(id)} = defineProvider({
  id: ${quoted(id)},
  name: ${quoted(name)},
  kind: 'private',
  options: {},
  derive: () => ({
${mark(endpoints)}
    oidc: { issuer: ${quoted(issuer)}, jwksUrl: ${quoted(endpoints.jwks)} },
    browserLogin: {
      url: ${quoted(endpoints.authorization)},
      tokenUrl: ${quoted(endpoints.token)},
      nonce: 'absent',
    },
  }),
  claims: z.object({ user: z.object({ id: z.string(), name: z.string().nullish() }) }),
  identify: ({ user }) => ({ subject: user.id, name: user.name ?? undefined }),
})
`
}

/** Where the kind `oauth2` reads who the user is. */
export const userUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/user`
