import { type Answers, factoryName } from './answers.ts'
import type { Endpoints } from './endpoints.ts'
import { quoted } from './source-template.ts'

/** Where the README lies: inside the repository it links to its neighbours. */
export interface ReadmePlace {
  readonly packageName: string
  readonly inWorkspace: boolean
}

/** `README.md`, with the headings of every provider package. */
export function readmeOf(
  { id, name, kind, issuer }: Answers,
  endpoints: Endpoints,
  { packageName, inWorkspace }: ReadmePlace,
): string {
  const factory = factoryName(id)
  const option = `${factory}Endpoint`
  const variable = id.toUpperCase().replaceAll('-', '_')
  const own = kind === 'oidc'
  const given = own ? `{"${option}":"${endpoints.origin}"}` : '{}'
  return `# ${packageName}

Sign in to [Portico](${inWorkspace ? '../../../README.md' : 'https://www.npmjs.com/package/@portico/core'}) with ${name}.

## Install

\`\`\`sh
npm install @portico/core ${packageName}
\`\`\`

## Create the application

1. Fill in: where in the console of ${name} an application is created, and of which type it must be.
2. Add \`https://<gateway-host>/oauth/callback\` to its redirect URIs; for local work also \`http://localhost:9000/oauth/callback\`.

## Find the values

| Option | Where |
| --- | --- |
${own ? `| \`${option}\` | Fill in: where the address of a tenant is shown. The origin only. |\n` : ''}| \`clientId\` | Fill in |
| \`clientSecret\` | Fill in |

## Wire it

In \`config/policies.json\`:

\`\`\`json
{
  "name": "${id}-managed-oauth",
  "policyType": "mcp-${id}-oauth-inbound",
  "handler": {
    "module": "$import(${packageName})",
    "export": "${factory}",
    "options": {
${own ? `      "${option}": "$env(${variable}_ENDPOINT)",\n` : ''}      "clientId": "$env(${variable}_CLIENT_ID)",
      "clientSecret": "$env(${variable}_CLIENT_SECRET)"
    }
  }
}
\`\`\`

Or in code:

\`\`\`ts
import { ${factory} } from ${quoted(packageName)}

const provider = ${factory}({
${own ? `  ${option}: '${endpoints.origin}',\n` : ''}  clientId: 'portico',
  clientSecret: process.env.${variable}_CLIENT_SECRET,
})
\`\`\`

## Options

${inWorkspace ? optionsInWorkspace : `${own ? `\`${option}\` is the address of the tenant.` : 'It has no options of its own.'} It also has the options of every provider.`}

## What is derived

${own ? `Given \`${option}: "${endpoints.origin}"\`:` : 'Without any option:'}

| Generic field | Derived value |
| --- | --- |
| \`oidc.issuer\` | \`${issuer}\` |
${kind === 'oauth2' ? '' : `| \`oidc.jwksUrl\` | \`${endpoints.jwks}\` |\n`}| \`browserLogin.url\` | \`${endpoints.authorization}\` |
| \`browserLogin.tokenUrl\` | \`${endpoints.token}\` |

## Test it

1. \`npx portico derive ${inWorkspace ? id : packageName} --options '${given}'\` prints the derivation.
2. Add one of your \`/mcp/…\` addresses to an MCP client.
3. The client opens the sign-in page of ${name}; after it, the consent page names the client. Approve.
4. The client can call \`tools/list\`.

## Common issues

| Message | What to do |
| --- | --- |
${own ? `| \`${option} must be the bare origin\` | Set the origin only; the message has the corrected value. |\n` : ''}| \`clientSecret is missing.\` | Create an application that has a secret. |

## Related

${inWorkspace ? '- [@portico/provider](../../provider): the options of every provider, and how to write one' : '- [@portico/provider](https://www.npmjs.com/package/@portico/provider): the contract that this package fulfils'}
`
}

const optionsInWorkspace = `<!-- options:start -->

<!-- options:end -->

It also has the [options of every provider](../../../docs/providers/README.md#options-of-every-provider).`
