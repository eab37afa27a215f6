import { base64url } from 'jose'

import type { Context } from './context.ts'
import { createProviderKeys } from './login/provider-keys.ts'
import type { AuthorizationServerOptions } from './options.ts'
import { parseOptions } from './parse-options.ts'
import { createSigningKeys } from './signing-keys.ts'
import { createVault } from './vault.ts'

/**
 * Everything the endpoints need, from what the operator wrote. Nothing is read or written yet.
 *
 * @throws {ConfigError} naming every wrong option and its remedy
 */
export function createContext(options: AuthorizationServerOptions): Context {
  const { settings, keys } = parseOptions(options)
  const { storage, fetch, onEvent } = options
  const randomToken = options.randomToken ?? randomText
  const now = options.now ?? (() => Math.floor(Date.now() / 1000))
  // Only development comes without keys: what this one seals does not outlive the process.
  const vault = createVault(keys ?? [randomText()])
  return {
    settings,
    storage,
    vault,
    signingKeys: createSigningKeys({
      storage,
      vault,
      now,
      maxTokenTtlSeconds: settings.accessToken.ttlSeconds,
    }),
    providerKeys: createProviderKeys({ fetch, now }),
    fetch,
    now,
    randomToken,
    emit: (event) => {
      try {
        onEvent?.(event)
      } catch {
        // An observer must not decide about a login.
      }
    },
  }
}

function randomText(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
}
