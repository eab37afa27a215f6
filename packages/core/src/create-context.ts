import { createSafeFetch, type SafeFetch } from '@portico/safe-fetch'

import type { AuditEvent } from './audit-event.ts'
import { createClientDocuments } from './clients/client-documents.ts'
import { createClientKeys } from './clients/client-keys.ts'
import { createFetchBudget } from './clients/fetch-budget.ts'
import type { Context } from './context.ts'
import { createRateLimits } from './limits/rate-limits.ts'
import { createWindowCounters } from './limits/window-counters.ts'
import { loadedSigningKeys } from './loaded-signing-keys.ts'
import { createProviderFetch } from './login/provider-fetch.ts'
import { createProviderKeys } from './login/provider-keys.ts'
import type { AuthorizationServerOptions } from './options.ts'
import { parseOptions } from './parse-options.ts'
import { createRandomText } from './random-text.ts'
import { createRequestIds } from './request-id.ts'
import { createSharedSecret } from './shared-secret.ts'
import { registrableGrantTypes } from './supported-features.ts'
import { createAccessTokens } from './tokens/access-tokens.ts'
import { createDpopNonces } from './tokens/dpop-nonces.ts'
import { createVault } from './vault.ts'

/**
 * Everything the endpoints need, from what the operator wrote. Nothing is read or written yet.
 *
 * @throws {ConfigError} naming every wrong option and its remedy
 */
export function createContext(options: AuthorizationServerOptions): Context {
  const { settings, keys } = parseOptions(options)
  const { storage, onEvent } = options
  const now = options.now ?? (() => Math.floor(Date.now() / 1000))
  const randomToken = options.randomToken ?? createRandomText()
  const { wrapFetch = (unwrapped: SafeFetch) => unwrapped } = options
  const fetch = options.fetch ?? createSafeFetch({ development: settings.development })
  const clientFetch = wrapFetch(fetch, 'client')
  const providerFetch = wrapFetch(options.fetch ?? createProviderFetch(settings), 'provider')
  const emit = (event: AuditEvent) => {
    try {
      onEvent?.(event)
    } catch {
      // An observer must not decide about a login.
    }
  }
  // Only development comes without keys: what this one seals does not outlive the process.
  const vault = createVault(keys ?? [createRandomText()()])
  const signingKeys = loadedSigningKeys({
    storage,
    vault,
    now,
    maxTokenTtlSeconds: settings.accessToken.ttlSeconds,
  })
  const { dpopNonceTtlSeconds: ttlSeconds } = settings
  const dpopNonces = ttlSeconds === undefined ? undefined : createDpopNonces({ vault, now, ttlSeconds })
  const budget = createFetchBudget({ now, ...settings.registration.fetchBudget })
  const rateLimits = createRateLimits({
    settings: settings.rateLimits,
    counters: createWindowCounters({ storage, now }),
    now,
    emit,
  })
  return {
    settings,
    storage,
    vault,
    signingKeys,
    accessTokens: createAccessTokens({
      settings,
      storage,
      signingKeys,
      now,
      randomToken,
      dpopNonces,
      rateLimits,
    }),
    dpopNonces,
    refreshTokenKey: createSharedSecret({ storage, vault, now, name: 'rotation' }),
    auditKey: createSharedSecret({ storage, vault, now, name: 'audit' }),
    clientDocuments: createClientDocuments({
      storage,
      fetch: clientFetch,
      budget,
      now,
      emit,
      documentPolicy: settings.registration.documentPolicy,
      grantTypes: registrableGrantTypes(settings),
      privateUseSchemes: settings.registration.privateUseSchemes,
      unusedTtlSeconds: settings.registration.unusedClientTtlSeconds,
      ttlSeconds: settings.registration.clientTtlSeconds,
      development: settings.development,
    }),
    providerKeys: createProviderKeys({ fetch: providerFetch, now }),
    providerFetch,
    clientKeys: createClientKeys({ fetch: clientFetch, budget, now }),
    rateLimits,
    fetch,
    now,
    randomToken,
    newRequestId: createRequestIds(),
    emit,
  }
}
