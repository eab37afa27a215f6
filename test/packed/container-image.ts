import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from '../../scripts/run-command.ts'
import { runPnpm } from '../../scripts/run-pnpm.ts'
import { lastingPort, startProcess } from '../../scripts/test-services/server-process.ts'
import { workspaceRoot } from '../../scripts/workspace-packages.ts'

/** What the Dockerfile says, carried out in a directory of this machine: a container itself needs an engine. */
export interface ContainerImage {
  /** Starts its command; resolves when it serves. */
  readonly start: (environment: Readonly<Record<string, string>>) => Promise<RunningImage>
  readonly remove: () => void
}

export interface RunningImage {
  /** Runs the health check of the image; rejects when that says that it is not well. */
  readonly checkHealth: () => Promise<unknown>
  readonly stop: () => Promise<void>
}

/** The user `node` of the image. Who is not root stays who they are. */
const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : undefined

/** Installs what the image holds, by the commands of its Dockerfile. The packages must have been built. */
export async function installImage(): Promise<ContainerImage> {
  const file = readFileSync(join(workspaceRoot, 'apps/container/Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
  const last = (pattern: RegExp): string => [...file.matchAll(pattern)].at(-1)?.[1] ?? ''
  const root = mkdtempSync(join(tmpdir(), 'portico-image-'))
  chmodSync(root, 0o755)

  const install = last(/pnpm@12 (--filter @portico\/container deploy .*) \/portico$/gm)
  await runPnpm([...install.split(' '), join(root, 'portico')], { directory: workspaceRoot })
  // Where the tests run may be closed to other users.
  copyFileSync(process.execPath, join(root, 'node'))
  cpSync(join(workspaceRoot, 'apps/gateway/config'), join(root, 'config'), { recursive: true })
  const data = join(root, 'data')
  mkdirSync(data)
  if (user !== undefined) chownSync(data, user.uid, user.gid)

  const inside = (text: string): string => text.replace(/^(.*:)?\/(portico|config|data)\b/, `$1${root}/$2`)
  const command = (list: string): readonly [string, ...string[]] => {
    const [, ...parameters] = JSON.parse(list) as string[]
    return [join(root, 'node'), ...parameters.map(inside)]
  }
  const own = Object.fromEntries(
    last(/^ENV +(.*)$/gm)
      .split(/ +/)
      .map((setting) => setting.split('=').map(inside)),
  ) as Readonly<Record<string, string>>
  const [program, ...entry] = command(last(/^ENTRYPOINT (.*)$/gm))
  const [, ...serve] = command(last(/^CMD (.*)$/gm).replace('[', '["", '))
  const [checker, ...check] = command(last(/^HEALTHCHECK .*?CMD (.*)$/gm))

  return {
    async start(environment) {
      const port = String(await lastingPort())
      const stop = await startProcess(program, [...entry, ...serve], {
        directory: data,
        environment: { ...own, ...environment, PORTICO_PORT: port },
        user,
        ready: /^Portico serves/,
      })
      return {
        checkHealth: () =>
          runCommand(
            checker,
            check.map((parameter) => parameter.replace(':9000', `:${port}`)),
            { directory: data, user },
          ),
        stop: () => stop('SIGTERM'),
      }
    },
    remove: () => rmSync(root, { recursive: true }),
  }
}
