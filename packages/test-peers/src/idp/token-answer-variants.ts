import type { LoginVariant } from './login-variant.ts'

function answer(id: string, title: string, response: () => Response): LoginVariant {
  return {
    id,
    title,
    outcome: 'refused',
    apply(idp) {
      idp.bend('token', response)
    },
  }
}

function members(
  id: string,
  title: string,
  change: Record<string, unknown>,
  more: Partial<Pick<LoginVariant, 'outcome' | 'needs'>> = {},
): LoginVariant {
  return {
    id,
    title,
    outcome: 'refused',
    ...more,
    apply(idp) {
      idp.bendJson('token', (body) => ({ ...body, ...change }))
    },
  }
}

/** Answers of the token endpoint (RFC 6749 §5) that a relying party must survive. */
export const tokenAnswerVariants: readonly LoginVariant[] = [
  members('id-token-missing', 'the answer has no id_token', { id_token: undefined }, { needs: 'id-token' }),
  members('id-token-garbage', 'the id_token is no JWT', { id_token: 'garbage' }, { needs: 'id-token' }),
  members(
    'access-token-missing',
    'the answer has no access_token',
    { access_token: undefined },
    { needs: 'standard-answer' },
  ),
  members(
    'token-type-other',
    'the token type is unknown',
    { token_type: 'mac' },
    { needs: 'standard-answer' },
  ),
  members(
    'token-type-lower-case',
    'the token type is written in lower case',
    { token_type: 'bearer' },
    { outcome: 'accepted' },
  ),
  members(
    'refresh-token-absent',
    'the answer has no refresh_token',
    { refresh_token: undefined },
    { outcome: 'accepted' },
  ),
  answer('error-invalid-client', 'the client secret is refused', () =>
    Response.json(
      { error: 'invalid_client' },
      { status: 401, headers: { 'www-authenticate': 'Basic realm="idp"' } },
    ),
  ),
  answer('error-invalid-grant', 'the code is refused', () =>
    Response.json({ error: 'invalid_grant' }, { status: 400 }),
  ),
  answer('error-with-status-200', 'an error comes with status 200', () =>
    Response.json({ error: 'bad_verification_code' }),
  ),
  answer(
    'html',
    'the answer is a web page',
    () => new Response('<!doctype html><title>Welcome</title>', { headers: { 'content-type': 'text/html' } }),
  ),
  answer(
    'redirect',
    'the answer is a redirect',
    () => new Response(null, { status: 302, headers: { location: 'https://attacker.example/token' } }),
  ),
  answer('unavailable', 'the provider is down', () => new Response('down', { status: 503 })),
  answer('not-an-object', 'the answer is JSON but no object', () => Response.json(['access_token'])),
]
