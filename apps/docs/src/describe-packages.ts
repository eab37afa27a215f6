// Writes what every package exports, from its docstrings, into `content/reference/api/`. An export without one stops it.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Application, type DeclarationReflection, type ReferenceReflection } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'

// @boundaries-ignore scripts of the workspace
import { packageEntries } from '../../../scripts/public-entries.ts'
// @boundaries-ignore scripts of the workspace
import { workspaceRoot } from '../../../scripts/workspace-packages.ts'

const specifiers = new Map(packageEntries().map(({ file, specifier }) => [file, specifier]))

const pages: Partial<PluginOptions> = {
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
}
const app = await Application.bootstrapWithPlugins({
  ...pages,
  plugin: ['typedoc-plugin-markdown'],
  router: 'module',
  entryPoints: [...specifiers.keys()],
  tsconfig: join(workspaceRoot, 'tsconfig.json'),
  out: fileURLToPath(new URL('../content/reference/api', import.meta.url)),
  name: 'API',
  logLevel: 'Warn',
  // Types are checked elsewhere, by the compiler that the packages are built with.
  skipErrorChecking: true,
  excludeExternals: true,
  disableSources: true,
  groupOrder: ['Functions', 'Variables', 'Classes', '*'],
  readme: 'none',
  validation: { notExported: false, invalidLink: true },
  treatWarningsAsErrors: true,
})
const project = await app.convert()
if (!project) throw new Error('TypeDoc cannot read the packages.')
for (const module of project.children ?? []) {
  const file = project.getSymbolIdFromReflection(module)?.fileName ?? ''
  module.name = specifiers.get(file) ?? module.name
  for (const exported of module.children ?? []) {
    if (!isDescribed(exported)) app.logger.error(`${module.name}: ${exported.name} has no docstring.`)
  }
}
app.validate(project)
if (!app.logger.hasErrors()) await app.generateOutputs(project)
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1

function isDescribed(exported: DeclarationReflection | ReferenceReflection): boolean {
  const target = exported.isReference() ? exported.getTargetReflectionDeep() : exported
  return (
    target.hasComment() ||
    (target.isDeclaration() && target.getAllSignatures().some((each) => each.hasComment()))
  )
}
