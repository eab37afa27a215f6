import type { Generator } from './generated-file.ts'
import { type DocumentedProvider, providerPackages } from './provider-packages.ts'

/** Where no option alone is required, because there are several forms: what most installations state. */
const usuallyStated: Readonly<Record<string, readonly string[]>> = {
  entra: ['tenantId'],
  oidc: ['issuer'],
  ory: ['oryProjectSlug'],
  ping: ['environmentId'],
  workos: ['authkitDomain'],
}

/** What `npm create @portico/gateway` asks about each provider. */
export const gatewayChoices: Generator = async () => {
  const providers = await providerPackages()
  return [
    {
      path: 'packages/create-gateway/src/providers.generated.ts',
      content: `// Written by \`pnpm generate\`.
import type { ProviderChoice } from './provider-choice.ts'

/** The providers that come with the command line, in the order of their names. */
export const providers: readonly ProviderChoice[] = [
${providers.map(choice).join('\n')}
]
`,
    },
  ]
}

function choice({ id, title, name, exportName, policyType, jsonSchema }: DocumentedProvider): string {
  const { properties = {}, required = [] } = jsonSchema
  const stated = new Set([...required, ...(usuallyStated[id] ?? []), 'clientId', 'clientSecret'])
  const options = Object.entries(properties)
    .filter(([option]) => stated.has(option))
    .map(
      ([option, { description = '' }]) =>
        `      { name: ${text(option)}, description: ${text(plain(description))} },`,
    )
  return `  {
    id: ${text(id)},
    title: ${text(title)},
    packageName: ${text(name)},
    exportName: ${text(exportName)},
    policyType: ${text(policyType)},
    options: [
${options.join('\n')}
    ],
  },`
}

/** Descriptions are Markdown; a terminal shows them as they are. */
const plain = (description: string): string => description.replaceAll('`', '')

const text = (value: string): string =>
  value.includes("'") ? JSON.stringify(value) : `'${value.replaceAll('\\', '\\\\')}'`
