import type { Caller } from '../caller.ts'
import { capabilitiesOf } from '../connect-required.ts'
import { isJsonObject, type JsonObject, type JsonRpcRequest, metaOf } from '../json-rpc.ts'
import { metaKeys } from '../protocol-version.ts'
import type { UpstreamCredential } from '../upstream.ts'
import { ownClientInfo } from './modern-meta.ts'

/** Who stands behind a session at an upstream. Nobody else ever gets to use it (PROXY-12). */
export interface SessionClient {
  readonly caller: Caller
  /** No wider than what the client itself declares (UP-18). */
  readonly capabilities: JsonObject
  readonly clientInfo: JsonObject
  /** All of that as one text: who has another one has another session. */
  readonly key: string
}

/** Who asks, as the upstream's session is to know it. */
export function sessionClient(
  request: JsonRpcRequest,
  caller: Caller,
  credential?: UpstreamCredential,
): SessionClient {
  const declared = capabilitiesOf(request)
  const info = metaOf(request)?.[metaKeys.clientInfo]
  const capabilities: Record<string, unknown> = {}
  for (const name of ['roots', 'sampling', 'elicitation', 'experimental']) {
    if (isJsonObject(declared) && declared[name] !== undefined) capabilities[name] = declared[name]
  }
  const clientInfo = isJsonObject(info) ? info : ownClientInfo
  const { account } = credential ?? {}
  const key = JSON.stringify([caller.subject, caller.clientId, account ?? null, capabilities, clientInfo])
  return { caller, capabilities, clientInfo, key }
}
