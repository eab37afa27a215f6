/** What the environment says about how an entry runs. */
export interface Surroundings {
  /** Absent: this machine alone. */
  readonly publicUrl: string | undefined
  readonly port: number
  /** Newest first. */
  readonly keys: readonly string[]
  readonly databaseFile: string
  readonly trustedProxies: readonly string[]
  readonly configDirectory: string
}

/** @throws {TypeError} naming the variable and its remedy */
export function readSurroundings(environment: Readonly<Record<string, string | undefined>>): Surroundings {
  const list = (name: string) => (environment[name] ?? '').split(/[\s,]+/).filter((item) => item !== '')
  // Kubernetes puts the address of a service that is called `portico` there.
  const port = (environment['PORTICO_PORT'] ?? '9000').replace(/^tcp:\/\/.*$/, '9000')
  if (!/^\d{1,5}$/.test(port)) throw new TypeError('PORTICO_PORT: must be a number, e.g. 9000.')
  const keys = list('PORTICO_KEYS')
  if (keys.length === 0) {
    throw new TypeError('PORTICO_KEYS: is missing. Run "portico keys generate" and set its output.')
  }
  const [, databaseFile] =
    /^sqlite:(.+)$/.exec(environment['PORTICO_STORAGE'] ?? 'sqlite:data/portico.db') ?? []
  if (databaseFile === undefined) {
    throw new TypeError(
      'PORTICO_STORAGE: must be "sqlite:" and a file here. For other storages use "portico serve".',
    )
  }
  return {
    publicUrl: environment['PORTICO_PUBLIC_URL'] || undefined,
    port: Number(port),
    keys,
    databaseFile,
    trustedProxies: list('PORTICO_TRUSTED_PROXIES'),
    configDirectory: environment['PORTICO_CONFIG'] ?? 'config',
  }
}
