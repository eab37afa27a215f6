import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'

const read = (file: string) => readFileSync(join(workspaceRoot, file), 'utf8')

/** Variables that `portico serve` reads. */
const known = new Set(read('packages/cli/README.md').match(/PORTICO_[A-Z_]+/g))

describe('Dockerfile', () => {
  const file = read('apps/container/Dockerfile')
  const instructions = [...file.replaceAll('\\\n', ' ').matchAll(/^([A-Z]+) +(.*)$/gm)]
  const last = (name: string) => instructions.findLast(([, instruction]) => instruction === name)?.[2] ?? ''

  it('runs the command line as a user without rights, with what it writes in one volume', () => {
    expect(last('USER')).toBe('node')
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node', '/portico/node_modules/portico/dist/main.js'])
    expect(JSON.parse(last('CMD'))).toEqual(['serve', '--config', '/config'])
    expect(last('VOLUME')).toBe('/data')
    expect(last('ENV')).toContain('PORTICO_STORAGE=sqlite:/data/')
    expect(JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD /, ''))).toHaveLength(3)
  })

  it('builds on the Node that develops, and leaves the tools behind', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>
    }
    const [major = ''] = (devDependencies['node'] ?? '').split('.')
    const bases = instructions.filter(([, name]) => name === 'FROM').map(([, , base]) => base)
    expect(bases).toEqual([`node:${major}-slim AS build`, `node:${major}-alpine`])
    const copied = instructions.filter(([, name]) => name === 'COPY').map(([, , what]) => what)
    expect(copied).toEqual(['. .', '--from=build /portico /portico'])
  })

  it('sends no dependencies, builds or secrets to the builder', () => {
    const ignored = read('apps/container/Dockerfile.dockerignore').split('\n')
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', '**/node_modules', '**/dist', '**/.env', '**/data']),
    )
  })
})

describe('compose.yaml', () => {
  const directory = 'deploy/compose'
  const compose = parse(read(`${directory}/compose.yaml`), { merge: true }) as Compose
  const { 'gateway-1': first, 'gateway-2': second, nginx, postgres } = compose.services

  it('runs two gateways alike on PostgreSQL, and shows only nginx to the world', () => {
    expect(second).toEqual(first)
    expect(first?.environment?.['PORTICO_STORAGE']).toMatch(
      /^postgres:\/\/portico:\$\{POSTGRES_PASSWORD.*@postgres:/,
    )
    expect(postgres?.image).toMatch(/^postgres:\d+/)
    const published = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined)
    expect(published.map(([name]) => name)).toEqual(['nginx'])
  })

  it('gives the gateways no right that they do not need', () => {
    expect(first).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  it('has both gateways in nginx, and believes nginx alone', () => {
    const upstream = read(`${directory}/upstream.conf`)
    expect([...upstream.matchAll(/^ *server (\S+);$/gm)].map(([, server]) => server)).toEqual([
      'gateway-1:9000',
      'gateway-2:9000',
    ])
    const [{ subnet } = {}] = compose.networks.default.ipam.config
    expect(first?.environment?.['PORTICO_TRUSTED_PROXIES']).toBe(subnet)
  })

  it('mounts files that exist, beside those of the operator', () => {
    const sources = [...(first?.volumes ?? []), ...(nginx?.volumes ?? [])].map(
      (volume) => volume.split(':')[0] ?? '',
    )
    const own = new Set(['./config', './certificates'])
    const missing = sources.filter(
      (source) => !own.has(source) && !existsSync(join(workspaceRoot, directory, source)),
    )
    expect(missing).toEqual([])
    expect(
      existsSync(join(workspaceRoot, directory, first?.build?.context ?? '', first?.build?.dockerfile ?? '')),
    ).toBe(true)
  })

  it('has an example of every variable that it wants', () => {
    const wanted = new Set(
      [...read(`${directory}/compose.yaml`).matchAll(/\$\{(\w+)/g)].map(([, name]) => name),
    )
    const given = [...read(`${directory}/example.env`).matchAll(/^(\w+)=/gm)].map(([, name]) => name)
    expect(given).toEqual(expect.arrayContaining([...wanted, 'PORTICO_PUBLIC_URL', 'PORTICO_KEYS']))
  })
})

describe('the example for Kubernetes', () => {
  const objects = parseAllDocuments(read('deploy/kubernetes/portico.yaml')).map(
    (document) => document.toJS() as KubernetesObject,
  )
  const spec = (kind: string) => objects.find((object) => object.kind === kind)?.spec

  it('is a deployment with a service, an ingress and a disruption budget, all of one name', () => {
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'Ingress',
    ])
    expect(new Set(objects.map(({ metadata }) => metadata.name))).toEqual(new Set(['portico']))
    const labels = { 'app.kubernetes.io/name': 'portico' }
    expect(spec('Deployment')).toMatchObject({
      selector: { matchLabels: labels },
      template: { metadata: { labels } },
    })
    expect(spec('Service')).toMatchObject({ selector: labels })
    expect(spec('PodDisruptionBudget')).toMatchObject({ selector: { matchLabels: labels } })
  })

  it('runs as a user without rights, is asked for its health, and has time to end', () => {
    expect(spec('Deployment')).toMatchObject({
      replicas: 2,
      template: {
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
              envFrom: [{ secretRef: { name: 'portico' } }],
            },
          ],
        },
      },
    })
  })
})

describe('the unit of systemd', () => {
  const file = 'deploy/systemd/portico.service'

  it('keeps records in its state directory, under a user of its own', () => {
    const unit = read(file)
    expect(unit).toMatch(/^DynamicUser=yes$/m)
    expect(unit).toMatch(/^StateDirectory=portico$/m)
    expect(unit).toMatch(/^Environment=PORTICO_STORAGE=sqlite:\/var\/lib\/portico\//m)
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node \S+\/main\.js serve --config \S+ --host 127\.0\.0\.1$/m)
  })

  const isAbsent = spawnSync('systemd-analyze', ['--version']).error !== undefined
  it.skipIf(isAbsent)('is understood by systemd', () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-unit-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const unit = join(directory, 'portico.service')
    // Node is elsewhere on the machine of the test.
    writeFileSync(unit, read(file).replace('/usr/bin/node', process.execPath))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' })
    const complaints = stderr.split('\n').filter((line) => line.includes(`${dirname(unit)}/`))
    expect([status, complaints]).toEqual([0, []])
  })
})

it.each([
  'apps/container/Dockerfile',
  'deploy/compose/compose.yaml',
  'deploy/compose/example.env',
  'deploy/kubernetes/portico.yaml',
  'deploy/systemd/portico.service',
])('%s sets only variables that the command line reads', (file) => {
  const used = read(file).match(/PORTICO_[A-Z_]+/g) ?? []
  expect(used.filter((name) => !known.has(name))).toEqual([])
  expect(used).not.toEqual([])
})

interface Service {
  readonly image?: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly build?: { readonly context: string; readonly dockerfile: string }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: {
    readonly default: { readonly ipam: { readonly config: readonly { subnet: string }[] } }
  }
}

interface KubernetesObject {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: unknown
}
