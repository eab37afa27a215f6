import type { Answers } from './answers.ts'
import { factoryName } from './answers.ts'
import type { DiscoveryDocument } from './discovery-document.ts'
import { endpointsOf } from './endpoints.ts'
import { type Ranges, standaloneConfiguration, workspaceConfiguration } from './package-template.ts'
import { readmeOf } from './readme-template.ts'
import { sourceOf } from './source-template.ts'
import { testOf } from './test-template.ts'

/** Where the package will live. */
export type Place =
  /** The repository of Portico: `packages/providers/<id>`. */
  | { readonly inWorkspace: true }
  /** Anywhere else. */
  | { readonly inWorkspace: false; readonly packageName: string; readonly ranges: Ranges }

/** Every file of a provider package by its path inside the package. */
export function providerFiles(
  answers: Answers,
  place: Place,
  found: DiscoveryDocument | undefined,
): Readonly<Record<string, string>> {
  const { id, kind } = answers
  const endpoints = endpointsOf(answers, found)
  const packageName = place.inWorkspace ? `@portico/${id}` : place.packageName
  return {
    ...(place.inWorkspace
      ? workspaceConfiguration(answers)
      : standaloneConfiguration(answers, packageName, place.ranges)),
    'src/index.ts': sourceOf(answers, endpoints),
    [`test/${id}.test.ts`]: testOf(answers, endpoints),
    ...(found &&
      kind === 'oidc' && {
        'test/fixtures/discovery-1.json': recorded(answers, endpoints.origin, found),
      }),
    'README.md': readmeOf(answers, endpoints, { packageName, inWorkspace: place.inWorkspace }),
  }
}

/** The document, where it comes from, and the options that derive it. */
function recorded({ id }: Answers, origin: string, { source, document }: DiscoveryDocument): string {
  const options = { [`${factoryName(id)}Endpoint`]: origin }
  return `${JSON.stringify({ source, kind: 'real', options, document }, null, 2)}\n`
}

/** The changeset that announces the package. */
export function changesetOf({ id, name }: Answers): string {
  return `---\n'@portico/${id}': minor\n---\n\nSign in with ${name}.\n`
}
