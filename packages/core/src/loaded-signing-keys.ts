import type { SigningKeys, SigningKeysOptions } from './signing-keys.ts'

/** The key ring, whose code and with it JOSE are loaded when a key is first needed. */
export function loadedSigningKeys(options: SigningKeysOptions): SigningKeys {
  let keys: SigningKeys | undefined
  const load = async () => {
    const { createSigningKeys } = await import('./signing-keys.ts')
    // Two requests may have come here: both work with one ring.
    return (keys ??= createSigningKeys(options))
  }
  return {
    sign: async (payload, typ) => (keys ?? (await load())).sign(payload, typ),
    ready: async () => (keys ?? (await load())).ready(),
    publicKeys: async () => (keys ?? (await load())).publicKeys(),
    verify: async (token, typ) => (keys ?? (await load())).verify(token, typ),
  }
}
