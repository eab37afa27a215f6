/** What `PORTICO_STORAGE` says. */
export type StorageSetting =
  | { readonly kind: 'memory' }
  /** Relative to the working directory. */
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | RedisSetting

export interface RedisSetting {
  readonly kind: 'redis'
  readonly topology: 'single' | 'sentinel' | 'cluster'
  /** `redis://…` or `rediss://…`: of the server, of every sentinel, or of some nodes of the cluster. Without credentials. */
  readonly nodes: readonly string[]
  readonly username: string | undefined
  readonly password: string | undefined
  /** The name under which the sentinels know the primary. */
  readonly primary: string | undefined
  readonly database: number | undefined
}

export const defaultStorage: StorageSetting = { kind: 'sqlite', file: 'data/portico.db' }

/** The setting, or what is wrong with it. Messages never quote the value: it may hold a password. */
export function parseStorageSetting(value: string): StorageSetting | { readonly problem: string } {
  if (value === 'memory:') return { kind: 'memory' }
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(value)?.[1]
  if (file !== undefined) return { kind: 'sqlite', file }
  if (/^postgres(?:ql)?:/.test(value)) {
    const isUrl = /^postgres(?:ql)?:\/\/./.test(value) && URL.canParse(value)
    return isUrl
      ? { kind: 'postgres', url: value }
      : { problem: 'is no URL of a database. Use "postgres://user:password@db.internal:5432/portico".' }
  }
  if (/^rediss?[+:]/.test(value)) return redisSetting(value)
  return {
    problem:
      'must be "sqlite:" and a file, "postgres://…", "redis://…" or "memory:". Use "sqlite:data/portico.db".',
  }
}

const redisForm =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#@]+)((?:\/[^/?#]+)*)\/?$/

const redisExamples = {
  single: 'redis://:password@cache.internal:6379/0',
  sentinel: 'redis+sentinel://:password@sentinel-1:26379,sentinel-2:26379/primary-name',
  cluster: 'redis+cluster://:password@node-1:6379,node-2:6379',
} as const

function redisSetting(value: string): StorageSetting | { readonly problem: string } {
  const [, scheme = '', form = 'single', username = '', password = '', hosts = '', path = ''] =
    redisForm.exec(value) ?? []
  const topology = form as RedisSetting['topology']
  const wrong = { problem: `is not an address of Redis. Use "${redisExamples[topology]}".` }
  const nodes = hosts.split(',').map((host) => `${scheme}://${host}`)
  if (nodes.some((node) => !URL.canParse(node)) || (topology === 'single' && nodes.length > 1)) return wrong

  const names = path.split('/').slice(1)
  const primary = topology === 'sentinel' ? names.shift() : undefined
  if (topology === 'sentinel' && primary === undefined) return wrong
  const [database, ...rest] = topology === 'cluster' ? [undefined, ...names] : names
  if (rest.length > 0 || (database !== undefined && !/^\d{1,5}$/.test(database))) return wrong
  try {
    return {
      kind: 'redis',
      topology,
      nodes,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
      primary,
      database: database === undefined ? undefined : Number(database),
    }
  } catch {
    return wrong
  }
}

/** For people: where the records are, without credentials. */
export function storagePlace(setting: StorageSetting): string {
  switch (setting.kind) {
    case 'memory':
      return 'memory: everything is forgotten at the end'
    case 'sqlite':
      return setting.file
    case 'postgres': {
      const { protocol, host, pathname } = new URL(setting.url)
      return `${protocol}//${host}${pathname}`
    }
    case 'redis': {
      const { topology, nodes, primary } = setting
      const kinds = { single: '', sentinel: ` (Sentinel, ${primary})`, cluster: ' (cluster)' }
      return nodes.join(', ') + kinds[topology]
    }
  }
}
