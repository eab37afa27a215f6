import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { forNodeOnly } from '../../scripts/public-entries.ts'
import { workspacePackages, workspaceRoot, type WorkspacePackage } from '../../scripts/workspace-packages.ts'
import { isRuntimeModule, packageOf, portableFiles, sourceFiles } from './source-files.ts'

/** Applications, private workspaces and commands: nothing depends on them, so they may depend on everything. */
const ends =
  /^(apps\/.*|examples\/.*|conformance|e2e|bench|runtimes|packages\/(cli|create-gateway|create-provider))$/

/** What every other package may depend on among the packages of this workspace. The first match counts. */
const arrows: readonly (readonly [path: RegExp, mayDependOn: RegExp])[] = [
  [/^packages\/(provider|storage|safe-fetch|test-peers|dev-idp)$/, /^$/],
  [/^packages\/providers\//, /^@portico\/provider$/],
  [/^packages\/storages\//, /^@portico\/storage$/],
  [/^packages\/core$/, /^@portico\/(provider|storage|safe-fetch)$/],
  [/^packages\/(resource-server|mcp)$/, /^@portico\/safe-fetch$/],
  [/^packages\/connections$/, /^@portico\/(storage|safe-fetch)$/],
  [/^packages\/gateway$/, /^@portico\/(core|connections|mcp|resource-server|provider|storage|safe-fetch)$/],
  [/^packages\/telemetry$/, /^@portico\/gateway$/],
  [/^packages\/testkit$/, /^@portico\/(provider|storage|safe-fetch|core|test-peers)$/],
]

/** Libraries that only work on Node. */
const nodeLibraries = new Set(['@hono/node-server', 'oidc-provider', 'pg', 'redis', 'undici', 'ws'])

const packages = workspacePackages()
const libraries = packages.filter(({ path }) => !ends.test(path))
const workspaceNames = new Set(packages.map(({ name }) => name))

describe.each(byName(libraries))('%s', (_name, candidate) => {
  it('depends only on the packages that the architecture lets it depend on', () => {
    const [, mayDependOn] = arrows.find(([path]) => path.test(candidate.path)) ?? []
    expect(mayDependOn, 'every library has its arrows').toBeDefined()
    const inside = runtimeDependencies(candidate).filter((name) => workspaceNames.has(name))
    expect(inside.filter((name) => mayDependOn?.test(name) === false)).toEqual([])
  })
})

it('gives every library a tag that turbo boundaries knows', () => {
  const { boundaries } = parseJsonc('turbo.json') as { boundaries: { tags: Record<string, unknown> } }
  const untagged = libraries.filter(({ path }) => {
    const { tags } = parseJsonc(join(path, 'turbo.json')) as { tags: string[] }
    return tags.length === 0 || tags.some((tag) => !(tag in boundaries.tags))
  })
  expect(untagged.map(({ name }) => name)).toEqual([])
})

it('SEC-18 starts no process in anything that runs a gateway: upstreams are reached over HTTP alone', () => {
  const tools = /^packages\/(testkit|create-provider)\//
  const found = packages
    .filter(({ path }) => /^(packages|apps)\//.test(path))
    .flatMap((candidate) => sourceFiles(candidate))
    .filter(({ path, imports }) => !tools.test(path) && imports.includes('node:child_process'))
  expect(found.map(({ path }) => path)).toEqual([])
})

describe.each(byName(packages))('%s', (_name, candidate) => {
  it('imports in its sources only what it lists as a dependency', () => {
    const listed = new Set([candidate.name, ...runtimeDependencies(candidate)])
    const unlisted = sourceFiles(candidate).flatMap(({ path, imports }) =>
      imports
        .map(packageOf)
        .filter((name) => name !== undefined && !listed.has(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(unlisted).toEqual([])
  })
})

const portable = libraries.filter(({ path }) => !forNodeOnly.test(path))
describe.each(byName(portable))('%s', (_name, candidate) => {
  it('needs no runtime but the Web standards', () => {
    const bound = portableFiles(candidate).flatMap(({ path, text, imports }) => [
      ...imports
        .filter((specifier) => isRuntimeModule(specifier) || nodeLibraries.has(packageOf(specifier) ?? ''))
        .map((specifier) => `${path} imports ${specifier}`),
      ...[...text.matchAll(runtimeGlobal)].map(([, name = '']) => `${path} uses ${name}`),
    ])
    expect(bound).toEqual([])
  })
})

it('keeps the runtime dependencies of the core few and named', () => {
  const core = packages.find(({ path }) => path === 'packages/core')
  const outside = core ? runtimeDependencies(core).filter((name) => !workspaceNames.has(name)) : []
  expect(outside.toSorted()).toEqual(['@noble/hashes', 'hono', 'jose', 'oauth4webapi', 'zod'])
})

it('lists every runtime dependency that is published, and no other, in docs/decisions/dependencies.md', () => {
  const page = readFileSync(join(workspaceRoot, 'docs/decisions/dependencies.md'), 'utf8')
  const listed = [...page.matchAll(/^- `([^`]+)`/gm)].map(([, name = '']) => name)
  const used = packages
    .filter(({ isPublic }) => isPublic)
    .flatMap(runtimeDependencies)
    .filter((name) => !workspaceNames.has(name))
  expect(listed.toSorted()).toEqual([...new Set(used)].toSorted())
})

/** A member of a global that only some runtimes have, outside comments. */
const runtimeGlobal =
  /^(?! *(?:\*|\/\/|\/\*)).*(?<![\w.'"`/@$-])(process|Buffer|Deno|Bun|__dirname|import\.meta)\./gm

function byName(candidates: readonly WorkspacePackage[]) {
  return candidates.map((candidate) => [candidate.name, candidate] as const)
}

function runtimeDependencies({ manifest }: WorkspacePackage): string[] {
  return [manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies].flatMap((list) =>
    Object.keys(list ?? {}),
  )
}

/** JSON with line comments of its own lines. */
function parseJsonc(file: string): unknown {
  return JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8').replaceAll(/^\s*\/\/.*$/gm, ''))
}
