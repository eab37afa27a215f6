import type { Answers } from './answers.ts'
import { connectionPolicy } from './configuration-files.ts'
import { variableName } from './provider-choice.ts'

/** `README.md` of the project: what is left to do, in order and with the exact addresses. */
export function readmeFile(answers: Answers): string {
  const { folder, provider, routes, publicUrl } = answers
  const origin = publicUrl ?? 'http://localhost:9000'
  return `# ${folder}

An MCP gateway that signs users in with ${provider.title}, built with [Portico](https://www.npmjs.com/package/portico).

## Set it up

${steps(answers)
  .map((step) => `1. ${step.replaceAll(/\n(?=.)/g, '\n   ')}`)
  .join('\n')}

## Run it

\`\`\`sh
npm start
\`\`\`

or, in containers, \`docker compose up\`. ${
    publicUrl === undefined
      ? 'Without a public URL, it serves this machine only.'
      : `Put a proxy with a certificate in front of port 9000 that serves ${publicUrl}, then run \`npm run check\` again: it now also looks at the proxy.`
  }

| Enter in an MCP client | MCP server |
| ---------------------- | ---------- |
${routes.map(({ name, upstreamUrl }) => `| \`${origin}/mcp/${name}\` | ${upstreamUrl} |`).join('\n')}

${accounts(answers)}

## Files

- \`config/policies.json\`: who may sign in, and what is sent upstream
- \`config/routes.oas.json\`: which MCP servers are behind the gateway
- \`.env\`: values and secrets, never committed; \`.env.example\` lists their names
`
}

function steps({ provider, options, storage, publicUrl }: Answers): readonly string[] {
  const origin = publicUrl ?? 'http://localhost:9000'
  const missing = provider.options.filter(({ name }) => (options[name] ?? '') === '')
  return [
    `At ${provider.title}, create an application and register exactly this redirect URI:

\`\`\`
${origin}/oauth/callback
\`\`\`

For instructions, see the README of [\`${provider.packageName}\`](https://www.npmjs.com/package/${provider.packageName}).
`,
    ...(missing.length === 0
      ? []
      : [
          `Put the values into \`.env\`:

${missing.map(({ name, description }) => `- \`${variableName(provider, name)}\`: ${description}`).join('\n')}
`,
        ]),
    'Run `npm install`.',
    ...(publicUrl === undefined
      ? []
      : ['Run `npx portico keys generate` and put the output into `PORTICO_KEYS` in `.env`.']),
    ...(storage === 'sqlite'
      ? []
      : [
          `Start the storage with \`docker compose up --detach ${storage}\`, or put the address of your own into \`PORTICO_STORAGE\` in \`.env\`.`,
        ]),
    `Check everything with \`npm run check\`. ${
      publicUrl === undefined
        ? 'Some checks are left out as long as the gateway does not run.'
        : 'Until the gateway runs, it says that the public URL cannot be reached.'
    }`,
  ]
}

/** What a server that answers 401 needs: nobody knows before it was asked. */
function accounts(answers: Answers): string {
  const [route] = answers.routes
  if (route === undefined) return ''
  const policy = connectionPolicy(route)
  return `## MCP servers that ask for an account

\`npm run check\` names the servers that answer 401. To let users connect their own accounts there, add a policy to \`config/policies.json\`, and its name to \`inbound\` of the route in \`config/routes.oas.json\`:

\`\`\`json
${JSON.stringify(policy, null, 2)}
\`\`\`

For a key that all users share there is [another policy](https://www.npmjs.com/package/@portico/gateway#policies).`
}
