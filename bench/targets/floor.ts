import { createHash, randomBytes, randomUUID } from 'node:crypto'

import type { JsonValue, Storage } from '@portico/storage'
import { generateKeyPair, SignJWT } from 'jose'

import { codeChallenge, publicUrl, redirectUri, resourceUrl, scope } from '../flow.ts'
import { makeJob } from './make-job.ts'
import { openStorage } from './open-storage.ts'
import type { RunningTarget, TargetOptions } from './target.ts'

const accessTtlSeconds = 900

/** The least that answers the workloads correctly: no audit, no limits, no second client, no revocation. */
export interface Floor {
  readonly metadata: string
  /** `undefined`: refused. */
  token(form: URLSearchParams): Promise<object | undefined>
  /** `undefined`: refused. */
  register(body: string): Promise<object | undefined>
  running(port: number, close: () => Promise<void>): RunningTarget
}

interface Records {
  get(id: string): Promise<Facts | undefined>
  take(id: string): Promise<Facts | undefined>
  set(id: string, facts: Facts): Promise<unknown>
}
type Facts = { [member: string]: string }

export async function createFloor(options: TargetOptions): Promise<Floor> {
  const { setup } = options
  const opened = setup.storage === 'memory' ? undefined : openStorage(options)
  const records = opened ? storedRecords(opened.storage) : mappedRecords()
  const { privateKey } = await generateKeyPair('ES256')

  async function accessToken(grantId: string, clientId: string): Promise<string> {
    if (setup.format === 'opaque') {
      const token = randomToken()
      await records.set(hashed(token), { grantId, clientId, resource: resourceUrl, scope })
      return token
    }
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({
      iss: publicUrl,
      sub: grantId,
      aud: resourceUrl,
      client_id: clientId,
      scope,
      iat: now,
      exp: now + accessTtlSeconds,
      jti: randomUUID(),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: '1' })
      .sign(privateKey)
  }

  async function answer(grantId: string, clientId: string, refreshed: Promise<unknown>, refresh: string) {
    const [access] = await Promise.all([accessToken(grantId, clientId), refreshed])
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: accessTtlSeconds,
      scope,
      refresh_token: refresh,
    }
  }

  async function redeem(form: URLSearchParams, clientId: string) {
    const code = await records.take(hashed(form.get('code') ?? ''))
    const fits =
      code?.['clientId'] === clientId &&
      code['redirectUri'] === form.get('redirect_uri') &&
      code['challenge'] === hashed(form.get('code_verifier') ?? '')
    if (!fits) return undefined
    const grantId = code['grantId'] ?? ''
    const refresh = randomToken()
    // As many writes as Portico's: the code, the grant, the refresh token, and an access token that is not signed.
    const written = Promise.all([
      records.set(grantId, { clientId, used: 'yes' }),
      records.set(hashed(refresh), { grantId, clientId }),
    ])
    return answer(grantId, clientId, written, refresh)
  }

  async function refresh(form: URLSearchParams, clientId: string) {
    // One write: the record stays, its token changes, and the number in front of it finds it again.
    const [chainId = '', secret = ''] = (form.get('refresh_token') ?? '').split('.')
    const chain = await records.get(hashed(chainId))
    if (chain?.['clientId'] !== clientId) return undefined
    if (chain['secret'] !== undefined && chain['secret'] !== hashed(secret)) return undefined
    const grantId = chain['grantId'] ?? ''
    const next = randomToken()
    const written = records.set(hashed(chainId), { grantId, clientId, secret: hashed(next) })
    return answer(grantId, clientId, written, `${chainId}.${next}`)
  }

  const floor: Floor = {
    metadata: JSON.stringify({
      issuer: publicUrl,
      authorization_endpoint: `${publicUrl}/oauth/authorize`,
      token_endpoint: `${publicUrl}/oauth/token`,
      registration_endpoint: `${publicUrl}/oauth/register`,
      scopes_supported: [scope],
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
    }),
    async token(form) {
      const clientId = form.get('client_id') ?? ''
      if (form.get('resource') !== resourceUrl || !(await records.get(clientId))) return undefined
      return form.get('grant_type') === 'authorization_code'
        ? redeem(form, clientId)
        : refresh(form, clientId)
    },
    async register(body) {
      const metadata = JSON.parse(body) as { client_name?: string; redirect_uris?: unknown }
      const uris = metadata.redirect_uris
      if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string' && URL.canParse(uri))) return
      const clientId = randomUUID()
      await records.set(clientId, { redirectUris: uris.join(' '), name: metadata.client_name ?? '' })
      return { ...metadata, client_id: clientId, client_id_issued_at: Math.floor(Date.now() / 1000) }
    },
    running: (port, close) => ({
      port,
      async makeJob(count) {
        const clientId = 'bench'
        await records.set(clientId, { redirectUris: redirectUri })
        return makeJob(setup.workload, count, {
          clientId,
          async issueCode() {
            const code = randomToken()
            const grantId = randomUUID()
            await records.set(hashed(code), { clientId, grantId, redirectUri, challenge: codeChallenge })
            return code
          },
          async redeem(form) {
            const answer = await floor.token(new URLSearchParams(form))
            return answer as { access_token: string; refresh_token: string }
          },
        })
      },
      async close() {
        await close()
        opened?.close()
      },
    }),
  }
  return floor
}

function mappedRecords(): Records {
  const map = new Map<string, Facts>()
  return {
    get: (id) => Promise.resolve(map.get(id)),
    take(id) {
      const facts = map.get(id)
      map.delete(id)
      return Promise.resolve(facts)
    },
    set: (id, facts) => Promise.resolve(map.set(id, facts)),
  }
}

/** Portico's own adapter: durable writes cost the floor exactly what they cost Portico. */
function storedRecords(storage: Storage): Records {
  const facts = (value: JsonValue | undefined) => value as Facts | undefined
  return {
    get: async (id) => facts((await storage.get(['floor', id]))?.value),
    take: async (id) => facts((await storage.take(['floor', id]))?.value),
    set: (id, value) => storage.set(['floor', id], { value }),
  }
}

function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
