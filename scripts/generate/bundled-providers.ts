import { basename } from 'node:path'

import { workspacePackages } from '../workspace-packages.ts'
import type { Generator } from './generated-file.ts'

const manifestPath = 'packages/cli/package.json'

/** The command line brings every provider of this repository: the list of them, and its dependencies. */
export const bundledProviders: Generator = (read) => {
  const providers = workspacePackages().filter(({ path }) => path.startsWith('packages/providers/'))
  const rows = providers.map(({ name, path }) => `  ${property(basename(path))}: () => import('${name}'),`)
  const manifest = JSON.parse(read(manifestPath)) as { dependencies: Record<string, string> }
  const dependencies = {
    ...manifest.dependencies,
    ...Object.fromEntries(providers.map(({ name }) => [name, 'workspace:^'])),
  }
  return [
    {
      path: 'packages/cli/src/bundled-providers.generated.ts',
      content: `// Written by \`pnpm generate\`.

/** The provider packages that come with the command line, by id. */
export const bundledProviders: Readonly<Record<string, () => Promise<object>>> = {
${rows.join('\n')}
}
`,
    },
    {
      path: manifestPath,
      content: `${JSON.stringify({ ...manifest, dependencies: sorted(dependencies) }, null, 2)}\n`,
    },
  ]
}

function property(id: string): string {
  return /^[a-z]\w*$/i.test(id) ? id : `'${id}'`
}

function sorted(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dependencies).sort(([first], [second]) => (first < second ? -1 : 1)),
  )
}
