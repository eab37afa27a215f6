// Packs every public package into ./packed, for use before a release is on the registry.
import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'

import { buildPackages, packPackages } from './pack-packages.ts'
import { workspaceRoot } from './workspace-packages.ts'

const destination = join(workspaceRoot, 'packed')
rmSync(destination, { recursive: true, force: true })
await buildPackages()
const packed = await packPackages(destination)

for (const { name, tarball } of packed) console.log(`${relative(workspaceRoot, tarball)}  ${name}`)
console.log(`
${packed.length} packages. Install all of them in your project:

  npm install ${destination}/*.tgz

or only what you use, naming every @portico package it needs: npm looks for the others in the registry.`)
