import { workspacePackages, type WorkspacePackage } from '../workspace-packages.ts'
import type { Generator } from './generated-file.ts'
import { markdownTable } from './markdown-table.ts'
import { replaceSection } from './replace-section.ts'

/** The tables of the front page in their order. A package belongs to the last one that matches its path. */
const roles: readonly { readonly title: string; readonly includes: RegExp }[] = [
  { title: 'Authorization server and gateway', includes: /^packages\// },
  { title: 'Identity providers', includes: /^packages\/(provider$|providers\/)/ },
  { title: 'Storage', includes: /^packages\/(storage$|storages\/)/ },
  { title: 'Applications', includes: /^(apps\/|packages\/(cli|create-gateway)$)/ },
  { title: 'Testing and development', includes: /^packages\/(testkit|test-peers|dev-idp|create-provider)$/ },
]

/** The tables of all packages in README.md, from the descriptions in their manifests. */
export const packageTable: Generator = (read) => {
  const packages = workspacePackages()
  const tables = roles.map(({ title }) => {
    const rows = packages.filter((candidate) => roleOf(candidate) === title)
    return `### ${title}\n\n${markdownTable(
      ['Package', 'What it is'],
      rows.map(({ name, path, manifest }) => [`[\`${name}\`](${path})`, manifest.description ?? '']),
    )}`
  })
  return [{ path: 'README.md', content: replaceSection(read('README.md'), 'packages', tables.join('\n\n')) }]
}

function roleOf({ path }: WorkspacePackage): string | undefined {
  return roles.findLast(({ includes }) => includes.test(path))?.title
}
