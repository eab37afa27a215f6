import { globSync } from 'node:fs'
import { basename } from 'node:path/posix'

/** A page of the site, written somewhere in the repository. */
export interface Page {
  /** Address on the site, without a leading slash and `.md`; `index` is the front of a directory. */
  readonly path: string
  /** The Markdown file, from the root of the repository. */
  readonly source: string
  /** Its name in the sidebar; default its heading. */
  readonly title?: string
}

/** A part of the sidebar. */
export interface Section {
  readonly title: string
  readonly pages: readonly Page[]
}

export const repository = new URL('../../../', import.meta.url)

const guide = (name: string): Page => ({ path: name, source: `docs/${name}.md` })
const readme = (path: string, directory: string, title?: string): Page => ({
  path,
  source: `${directory}/README.md`,
  ...(title === undefined ? {} : { title }),
})

/** Every file that a pattern finds, as a page below `path`. */
const all = (pattern: string, path: string): Page[] =>
  globSync(pattern, { cwd: repository })
    .sort()
    .map((source) => ({ path: `${path}/${nameOf(source)}`, source }))

const nameOf = (source: string): string =>
  source
    .replace(/\/README\.md$/, '')
    .replace(/\.md$/, '')
    .split('/')
    .at(-1) ?? ''

/** One room per reader, most of it written beside the code it is about. */
const rooms: readonly Section[] = [
  {
    title: 'Start',
    pages: [
      guide('quick-start'),
      guide('concepts'),
      guide('connect-a-client'),
      guide('clients'),
      guide('manual-oauth'),
    ],
  },
  {
    title: 'Gateway',
    pages: [
      readme('gateway/configuration', 'packages/gateway', 'Configuration'),
      readme('gateway/demo', 'apps/gateway', 'The demo'),
      ...all('examples/*/README.md', 'examples'),
      guide('migrate'),
    ],
  },
  {
    title: 'Identity providers',
    pages: [
      readme('providers/index', 'docs/providers', 'All of them'),
      { path: 'providers/tested-with', source: 'docs/providers/tested-with.md' },
      ...all('packages/providers/*/README.md', 'providers'),
    ],
  },
  {
    title: 'Operate',
    pages: [
      readme('reference/cli', 'packages/cli', 'Command line'),
      ...all('docs/operations/*.md', 'operations'),
      ...all('docs/deployment/*.md', 'deployment'),
      ...all('packages/storages/*/README.md', 'storage'),
      guide('reason-codes'),
      guide('what-is-on'),
      guide('threat-model'),
      { path: 'security', source: 'SECURITY.md' },
    ],
  },
  {
    title: 'Packages',
    pages: [
      'core',
      'resource-server',
      'mcp',
      'connections',
      'safe-fetch',
      'provider',
      'storage',
      'telemetry',
      'testkit',
      'test-peers',
      'dev-idp',
      'create-provider',
      'create-gateway',
    ].map((name) => readme(`packages/${name}`, `packages/${name}`)),
  },
]

/** Pages directly below `docs/` that no room names: a new one is on the site without being listed. */
function remainingGuides(): Page[] {
  const named = new Set([
    'docs/index.md',
    ...rooms.flatMap(({ pages: listed }) => listed.map((page) => page.source)),
  ])
  return globSync('docs/*.md', { cwd: repository })
    .sort()
    .filter((source) => !named.has(source))
    .map((source) => guide(nameOf(source)))
}

/** The parts of the site, in the order of the sidebar. */
export const sections: readonly Section[] = [
  ...rooms,
  {
    title: 'Project',
    pages: [
      { path: 'repository', source: 'README.md', title: 'The repository' },
      { path: 'contributing', source: 'CONTRIBUTING.md' },
      ...['e2e', 'conformance', 'bench', 'runtimes', 'apps/container', 'apps/docs'].map((name) =>
        readme(`project/${basename(name)}`, name),
      ),
      { path: 'project/bench-results', source: 'bench/RESULTS.md' },
      readme('project/side-by-side', 'bench/side-by-side'),
      readme('project/side-by-side-mcp', 'bench/side-by-side/portico-mcp'),
      ...all('docs/decisions/*.md', 'decisions'),
      ...remainingGuides(),
    ],
  },
]

/** Every page of the site, its front page included. */
export const pages: readonly Page[] = [
  { path: 'index', source: 'docs/index.md' },
  ...sections.flatMap((section) => section.pages),
]
