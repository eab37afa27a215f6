import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { workspaceRoot } from '../workspace-packages.ts'
import { bundledProviders } from './bundled-providers.ts'
import { clientMatrix } from './client-matrix.ts'
import { deploymentFiles } from './deployment-files.ts'
import { doctorClients } from './doctor-clients.ts'
import { gatewayChoices } from './gateway-choices.ts'
import type { GeneratedFile, Generator } from './generated-file.ts'
import { metricTable } from './metric-table.ts'
import { packageTable } from './package-table.ts'
import { postgresSchema } from './postgres-schema.ts'
import { providerEvidence } from './provider-evidence.ts'
import { providerReference } from './provider-reference.ts'
import { reasonCodes } from './reason-codes.ts'
import { runtimeTable } from './runtime-table.ts'
import { threatModel } from './threat-model.ts'

/** Everything that is generated. A generator reads the results of those before it. */
const generators: readonly Generator[] = [
  bundledProviders,
  gatewayChoices,
  packageTable,
  providerReference,
  providerEvidence,
  postgresSchema,
  reasonCodes,
  metricTable,
  runtimeTable,
  threatModel,
  deploymentFiles,
  clientMatrix,
  doctorClients,
]

/** Generated files that differ from what is on disk, with the content they should have. */
export async function outdatedFiles(): Promise<GeneratedFile[]> {
  const wanted = new Map<string, string>()
  const onDisk = (path: string) => {
    const file = join(workspaceRoot, path)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  for (const generator of generators) {
    const files = await generator((path) => wanted.get(path) ?? onDisk(path))
    for (const { path, content } of files) wanted.set(path, content)
  }
  return [...wanted]
    .filter(([path, content]) => onDisk(path) !== content)
    .map(([path, content]) => ({ path, content }))
}
