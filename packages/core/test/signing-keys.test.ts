import { memoryStorage } from '@portico/storage'
import { base64url, exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'

import { createSharedSecret } from '../src/shared-secret.ts'
import { createSigningKeys } from '../src/signing-keys.ts'
import { createVault } from '../src/vault.ts'
import { testKey } from './test-server.ts'

const day = 86_400
const freshKey = () => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))

function nodes(count: number) {
  const clock = { seconds: 1_800_000_000 }
  const now = () => clock.seconds
  const storage = memoryStorage({ now })
  const vault = createVault([testKey])
  const create = () => createSigningKeys({ storage, vault, now, maxTokenTtlSeconds: 900 })
  return { clock, storage, vault, nodes: Array.from({ length: count }, create), create }
}

/** Claims of a token that lives for fifteen minutes. */
const claims = (at: number) => ({ sub: 'user-1', iat: at, exp: at + 900 })

async function kids(keys: ReturnType<typeof createSigningKeys>): Promise<(string | undefined)[]> {
  return (await keys.publicKeys()).map((key) => key.kid)
}

describe('the key ring', () => {
  it('creates one key when several nodes start at once, and every node verifies what another signed', async () => {
    const { clock, nodes: all } = nodes(5)
    const tokens = await Promise.all(all.map((node) => node.sign(claims(clock.seconds), 'at+jwt')))
    const rings = await Promise.all(all.map(kids))
    expect(new Set(rings.flat()).size).toBe(1)
    for (const node of all) {
      for (const token of tokens) expect(await node.verify(token, 'at+jwt')).toMatchObject({ sub: 'user-1' })
    }
  })

  it('survives a restart, and stores the private key sealed', async () => {
    const { clock, storage, nodes: all, create } = nodes(1)
    const token = await all[0]!.sign(claims(clock.seconds), 'at+jwt')
    expect(await create().verify(token, 'at+jwt')).toMatchObject({ sub: 'user-1' })
    const stored = JSON.stringify(await storage.list('signing-keys'))
    expect(stored).not.toContain('"d"')
    expect(JSON.stringify(await all[0]!.publicKeys())).not.toContain('"d"')
  })

  it('AS-17 publishes the next key before it signs, on every node, and drops the old one after its last token', async () => {
    const { clock, nodes: all } = nodes(2)
    const [first] = await kids(all[0]!)
    clock.seconds += 90 * day
    const [old, next] = await kids(all[0]!)
    expect(old).toBe(first)
    expect(next).toBeDefined()
    expect(await kids(all[1]!)).toEqual([old, next])

    clock.seconds += 3599
    const last = await all[1]!.sign(claims(clock.seconds), 'at+jwt')
    expect(headerOf(last).kid).toBe(old)
    clock.seconds += 1
    const fresh = await all[1]!.sign(claims(clock.seconds), 'at+jwt')
    expect(headerOf(fresh).kid).toBe(next)
    expect(await all[0]!.verify(last, 'at+jwt')).toBeDefined()

    clock.seconds += 960
    expect(await kids(all[0]!)).toEqual([next])
    expect(await all[0]!.verify(await all[1]!.sign(claims(clock.seconds), 'at+jwt'), 'at+jwt')).toBeDefined()
  })

  it('creates one next key when several nodes rotate at once', async () => {
    const { clock, nodes: all } = nodes(5)
    await Promise.all(all.map(kids))
    clock.seconds += 90 * day
    const rings = await Promise.all(all.map(kids))
    clock.seconds += 60
    expect(new Set((await Promise.all(all.map(kids))).flat()).size).toBe(2)
    expect(rings.every((ring) => ring.length === 2)).toBe(true)
  })

  it('goes on signing when the clock is set back to before the first key was made', async () => {
    const { storage, clock } = nodes(1)
    const options = { storage, maxTokenTtlSeconds: 900, vault: createVault([testKey]) }
    const before = createSigningKeys({ ...options, now: () => clock.seconds })
    const token = await before.sign(claims(clock.seconds), 'at+jwt')
    const behind = createSigningKeys({ ...options, now: () => clock.seconds - 600 })
    expect(headerOf(await behind.sign(claims(clock.seconds), 'at+jwt'))).toEqual(headerOf(token))
  })

  it('says what to do when the keyring cannot open the key', async () => {
    const { storage, clock } = nodes(1)
    const now = () => clock.seconds
    const options = { storage, now, maxTokenTtlSeconds: 900 }
    await createSigningKeys({ ...options, vault: createVault([testKey]) }).publicKeys()
    const otherKey = freshKey()
    const other = createSigningKeys({ ...options, vault: createVault([otherKey]) })
    await expect(other.sign(claims(clock.seconds), 'at+jwt')).rejects.toThrow('put the retired key back')
    const both = createSigningKeys({ ...options, vault: createVault([otherKey, testKey]) })
    expect(await both.sign(claims(clock.seconds), 'at+jwt')).toMatch(/^ey/)
  })
})

function headerOf(token: string): { kid?: string } {
  return JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[0] ?? ''))) as { kid?: string }
}

function encode(value: unknown): string {
  return base64url.encode(JSON.stringify(value))
}

describe('a new key in the keyring', () => {
  it('SEC-20 seals anew what the older one has sealed, so that the older can be retired and nobody is logged out', async () => {
    const { clock, storage } = nodes(1)
    const now = () => clock.seconds
    const [older, newer] = [freshKey(), freshKey()]
    const withKeys = (...keys: string[]) => {
      const vault = createVault(keys)
      return {
        signing: createSigningKeys({ storage, vault, now, maxTokenTtlSeconds: 900 }),
        secret: createSharedSecret({ storage, vault, now, name: 'rotation' }),
      }
    }
    const before = withKeys(older)
    const token = await before.signing.sign(claims(clock.seconds), 'at+jwt')
    const secret = await before.secret()

    const rotated = withKeys(newer, older)
    expect(await rotated.signing.verify(token, 'at+jwt')).toBeDefined()
    expect(await rotated.secret()).toEqual(secret)

    const retired = withKeys(newer)
    expect(await retired.signing.verify(token, 'at+jwt')).toBeDefined()
    expect(await retired.signing.sign(claims(clock.seconds), 'at+jwt')).toMatch(/^ey/)
    expect(await retired.secret()).toEqual(secret)
  })

  it('is no help without the older one', async () => {
    const { clock, storage } = nodes(1)
    const now = () => clock.seconds
    await createSharedSecret({ storage, vault: createVault([freshKey()]), now, name: 'rotation' })()
    const other = createSharedSecret({ storage, vault: createVault([freshKey()]), now, name: 'rotation' })
    await expect(other()).rejects.toThrow('put the retired key back')
  })
})

describe('verification', () => {
  async function signed() {
    const { clock, nodes: all } = nodes(1)
    const keys = all[0]!
    const token = await keys.sign(claims(clock.seconds), 'at+jwt')
    const [header = '', payload = '', signature = ''] = token.split('.')
    const [publicJwk] = await keys.publicKeys()
    return {
      clock,
      keys,
      token,
      header,
      payload,
      signature,
      publicJwk: publicJwk!,
      kid: headerOf(token).kid!,
    }
  }
  const refused = { name: 'OAuthError', code: 'invalid_token' }

  it('RS-12 accepts its own token, and refuses it expired or not valid yet', async () => {
    const { clock, keys, token } = await signed()
    expect(await keys.verify(token, 'at+jwt')).toMatchObject({ sub: 'user-1' })
    const future = await keys.sign({ ...claims(clock.seconds), nbf: clock.seconds + 10 }, 'at+jwt')
    await expect(keys.verify(future, 'at+jwt')).rejects.toMatchObject(refused)
    clock.seconds += 900
    await expect(keys.verify(token, 'at+jwt')).rejects.toMatchObject(refused)
  })

  it('RS-13 D05 refuses another typ', async () => {
    const { clock, keys } = await signed()
    for (const typ of ['JWT', 'dpop+jwt', 'logout+jwt']) {
      const token = await keys.sign(claims(clock.seconds), typ)
      await expect(keys.verify(token, 'at+jwt')).rejects.toMatchObject(refused)
      expect(await keys.verify(token, typ)).toBeDefined()
    }
  })

  it('D05 refuses alg none, in any case and with any signature', async () => {
    const { keys, payload, signature, kid } = await signed()
    for (const alg of ['none', 'None', 'NONE', '']) {
      for (const end of ['', signature]) {
        const token = `${encode({ alg, typ: 'at+jwt', kid })}.${payload}.${end}`
        await expect(keys.verify(token, 'at+jwt')).rejects.toMatchObject(refused)
      }
    }
  })

  it('D05 refuses HS256 with the public key as the secret', async () => {
    const { clock, keys, publicJwk, kid } = await signed()
    const spki = await exportSPKI((await importJWK(publicJwk, 'ES256')) as CryptoKey)
    for (const secret of [spki, JSON.stringify(publicJwk), publicJwk.x ?? '']) {
      const token = await new SignJWT(claims(clock.seconds))
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(new TextEncoder().encode(secret))
      await expect(keys.verify(token, 'at+jwt')).rejects.toMatchObject(refused)
    }
  })

  it('D05 refuses a foreign key, also when the header brings it along or the kid is made up', async () => {
    const { clock, keys, kid } = await signed()
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    const headers = [{ kid }, { kid, jwk }, { kid: '../../../dev/null' }, { kid: '' }, { jwk }, {}]
    for (const header of headers) {
      const token = await new SignJWT(claims(clock.seconds))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
        .sign(privateKey)
      await expect(keys.verify(token, 'at+jwt')).rejects.toMatchObject(refused)
    }
  })

  it('D05 refuses unknown critical headers, spaces, padding and parts that are missing or too many', async () => {
    const { keys, token, header, payload, signature, kid } = await signed()
    const critical = encode({ alg: 'ES256', typ: 'at+jwt', kid, crit: ['x'], x: 1 })
    const tokens = [
      `${critical}.${payload}.${signature}`,
      ` ${token}`,
      `${token}\n`,
      `${header}. ${payload}.${signature}`,
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}`,
      `${token}.${signature}`,
      `${header}..${signature}`,
      '',
    ]
    for (const altered of tokens) await expect(keys.verify(altered, 'at+jwt')).rejects.toMatchObject(refused)
  })

  it('RS-12 refuses a token whose claims or signature were changed', async () => {
    const { clock, keys, header, signature, payload } = await signed()
    const other = encode({ ...claims(clock.seconds), sub: 'admin' })
    await expect(keys.verify(`${header}.${other}.${signature}`, 'at+jwt')).rejects.toMatchObject(refused)
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    await expect(keys.verify(`${header}.${payload}.${flipped}`, 'at+jwt')).rejects.toMatchObject(refused)
  })
})
