import { keyText, parseExpiry, parseStored, sweepDelaySeconds } from '@portico/storage'
import type { Storage, Stored } from '@portico/storage'

import type { RedisClient } from './redis-client.ts'
import { deleteGroupScript, deleteScript, listScript, setScript, takeScript } from './scripts.ts'
import { unavailable } from './unavailable.ts'

/** Options of {@link redisStorage}. */
export interface RedisStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
  /**
   * What all keys begin with. It must hold a hash tag, the part in braces, which keeps them on one node of a cluster.
   */
  readonly prefix?: string
}

/** Version, value, group and expiry, as they are kept. */
type Fields = readonly [
  version: string | null,
  value: string | null,
  group: string | null,
  expires: string | null,
]

/**
 * Keeps records in Redis 5 or newer, or Valkey: a single server, one behind Sentinel, or a cluster. Connections, their
 * limits and timeouts are the client's affair.
 *
 * @throws {Error} when the prefix has no hash tag
 */
export function redisStorage(
  client: RedisClient,
  { now = () => Date.now() / 1000, prefix = '{portico}:' }: RedisStorageOptions = {},
): Storage {
  if (!/^[^{]*\{[^}]+\}/.test(prefix)) {
    const remedy = 'put a part of it in braces, as in "{portico}:"'
    throw new Error(`prefix must hold a hash tag, so that all keys share one node of a cluster: ${remedy}.`)
  }

  async function send(...command: string[]): Promise<unknown> {
    try {
      return await client.sendCommand(command)
    } catch (error) {
      throw unavailable(error)
    }
  }

  function run(script: string, ...parameters: string[]): Promise<unknown> {
    // The key tells a cluster where to run the script.
    return send('EVAL', script, '1', `${prefix}version`, prefix, ...parameters)
  }

  return {
    async get(key) {
      const id = keyText(key)
      const time = now()
      const fields = (await send(
        'HMGET',
        `${prefix}record:${id}`,
        'version',
        'value',
        'group',
        'expires',
      )) as Fields
      const stored = parse(id, fields)
      return (stored?.expiresAt ?? Infinity) <= time ? undefined : stored
    },

    async set(key, { value, group, expiresAt: given }, when) {
      const expiresAt = parseExpiry(given)
      const lifetime =
        expiresAt === undefined ? undefined : milliseconds(expiresAt - now() + sweepDelaySeconds)
      const written = await run(
        setScript,
        keyText(key),
        String(now()),
        typeof when === 'object' ? String(when.version) : (when ?? ''),
        JSON.stringify(value),
        group === undefined ? '' : JSON.stringify(group),
        String(expiresAt ?? ''),
        String(lifetime ?? ''),
      )
      return Number(written) === 1
    },

    async take(key) {
      const id = keyText(key)
      const fields = (await run(takeScript, id, String(now()))) as Fields | null
      return fields ? parse(id, fields) : undefined
    },

    async delete(key) {
      await run(deleteScript, keyText(key), '0')
    },

    async list(group) {
      const found = (await run(listScript, JSON.stringify(group), String(now()))) as [string, Fields][]
      return found.map(([id, fields]) => parse(id, fields)).filter((stored) => stored !== undefined)
    },

    async deleteGroup(group) {
      await run(deleteGroupScript, JSON.stringify(group), '0')
    },
  }
}

function parse(id: string, [version, value, group, expires]: Fields): Stored | undefined {
  if (version === null) return undefined
  return parseStored({ key: id, version, value: value ?? '', group, expiresAt: expires })
}

function milliseconds(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), Number.MAX_SAFE_INTEGER)
}
