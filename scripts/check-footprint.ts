// Measures what users install, deploy and load, and fails where a limit is exceeded. Everything must have been built.
import { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { bundleSize } from './footprint/bundle-size.ts'
import { exceededLimits, figures } from './footprint/exceeded-limits.ts'
import { installedSize } from './footprint/installed-size.ts'
import { type Figure, limits } from './footprint/limits.ts'
import { LinkedProject } from './footprint/linked-project.ts'
import { loadedModules } from './footprint/loaded-modules.ts'
import { coreProgram, gatewayProgram } from './footprint/programs.ts'
import { markdownTable } from './generate/markdown-table.ts'
import { workspaceRoot } from './workspace-packages.ts'

const coreAndProvider = ['@portico/core', '@portico/logto']
const gateway = ['@portico/gateway', '@portico/auth0', '@portico/okta']
const storages = ['@portico/storage-sqlite', '@portico/storage-durable-object']

using project = new LinkedProject()
await project.install([...coreAndProvider, ...gateway, ...storages])
const measured = await measure()

const row = (figure: Figure) => [figure, String(measured[figure]), String(limits[figure])]
console.log(markdownTable(['Footprint', 'Measured', 'Limit'], figures.map(row)))

const exceeded = exceededLimits(measured)
if (exceeded.length > 0) {
  console.error(`\n${exceeded.join('\n')}\n
Look at what the change has brought: "pnpm why" names who needs a package, "pnpm size" the size of each of ours, and
PORTICO_FOOTPRINT_LIST=1 pnpm check:footprint every module that is loaded before the first answer. Import from a narrower
entry, load what only some requests need when they come, or do without. Where users gain more than they pay, raise the
limit in scripts/footprint/limits.ts in the same change and say why: docs/decisions/footprint.md.`)
  process.exitCode = 1
}

async function measure(): Promise<Record<Figure, number>> {
  const packages = project.installed(coreAndProvider)
  const installed = installedSize(packages)
  copyFileSync(
    join(workspaceRoot, 'examples/cloudflare-workers/src/worker.ts'),
    join(project.directory, 'worker.ts'),
  )
  const worker = await bundleSize(join(project.directory, 'worker.ts'))
  const core = await loadedModules(project.write('core.mjs', coreProgram))
  const started = await loadedModules(project.write('gateway.mjs', gatewayProgram))
  if (process.env['PORTICO_FOOTPRINT_LIST']) console.log([...core, '', ...started, ''].join('\n'))
  return {
    'Core and one provider: packages': packages.length,
    'Core and one provider: our packages, KiB': kibibytes(installed.ours),
    'Core and one provider: dependencies, KiB': kibibytes(installed.others),
    'Worker with the gateway: minified, KiB': kibibytes(worker.minified),
    'Worker with the gateway: gzip, KiB': kibibytes(worker.gzip),
    'Core, first metadata answer: modules': core.length,
    'Core, first metadata answer: source, KiB': kibibytes(bytesOf(core)),
    'Gateway, first metadata answer: modules': started.length,
    'Gateway, first metadata answer: source, KiB': kibibytes(bytesOf(started)),
  }
}

function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0)
}

function kibibytes(bytes: number): number {
  return Math.ceil(bytes / 1024)
}
