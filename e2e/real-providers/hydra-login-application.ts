import type { Fetch, Person } from '@portico/test-peers'

/** Where `scripts/identity-servers/hydra.ts` says that this application is. */
export const applicationUrl = 'http://localhost:9100'

interface Challenge {
  readonly subject?: string
  readonly requested_scope?: readonly string[]
}

/**
 * Ory Hydra has no pages: an application beside it shows them and says over Hydra's administration what came of it
 * (https://www.ory.sh/docs/hydra/guides/custom-ui-oidc). This one asks for a password, and for consent.
 */
export function hydraLoginApplication(administration: string, person: Person): Fetch {
  async function administer<Answer>(method: 'GET' | 'PUT', path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${administration}/admin/oauth2/auth/requests/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`Hydra answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  async function accept(kind: 'login' | 'consent' | 'logout', challenge: string): Promise<Response> {
    const query = `${kind}?${kind}_challenge=${challenge}`
    const asked = await administer<Challenge>('GET', query)
    const { redirect_to: next } = await administer<{ redirect_to: string }>(
      'PUT',
      query.replace('?', '/accept?'),
      {
        login: { subject: 'ada-1815' },
        consent: {
          grant_scope: asked.requested_scope,
          session: { id_token: { name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true } },
        },
        logout: undefined,
      }[kind],
    )
    return new Response(null, { status: 303, headers: { location: next } })
  }

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const kind = (['login', 'consent', 'logout'] as const).find((each) => pathname === `/${each}`)
    if (kind === undefined) return new Response('Not found', { status: 404 })
    const challenge = encodeURIComponent(searchParams.get(`${kind}_challenge`) ?? '')
    if (request.method === 'GET') return page(kind)
    const form = new URLSearchParams(await request.text())
    if (kind === 'login' && form.get('password') !== person.password) return page(kind)
    return accept(kind, challenge)
  }
}

function page(kind: 'login' | 'consent' | 'logout'): Response {
  const fields =
    kind === 'login' ? '<input type="text" name="username"><input type="password" name="password">' : ''
  const html = `<!doctype html><title>${kind}</title><form method="post">${fields}<button>Continue</button></form>`
  return new Response(html, { headers: { 'content-type': 'text/html' } })
}
