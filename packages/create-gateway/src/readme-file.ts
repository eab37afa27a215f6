import type { Answers } from './answers.ts'
import { variableName } from './provider-choice.ts'

/** `README.md` of the project: what is left to do, with the exact addresses. */
export function readmeFile({ folder, provider, options, routes, publicUrl }: Answers): string {
  const origin = publicUrl ?? 'http://localhost:9000'
  const missing = provider.options.filter(({ name }) => (options[name] ?? '') === '')
  const keys =
    publicUrl === undefined
      ? ''
      : '1. Run `npx portico keys generate` and put the output into `PORTICO_KEYS` in `.env`.\n'
  return `# ${folder}

An MCP gateway that signs users in with ${provider.title}, built with [Portico](https://www.npmjs.com/package/portico).

## Set it up

1. At ${provider.title}, create an application and register exactly this redirect URI:

   \`\`\`
   ${origin}/oauth/callback
   \`\`\`

   For instructions, see the README of [\`${provider.packageName}\`](https://www.npmjs.com/package/${provider.packageName}).
${
  missing.length === 0
    ? ''
    : `1. Put the values into \`.env\`:

${missing.map(({ name, description }) => `   - \`${variableName(provider, name)}\`: ${description}`).join('\n')}
`
}${keys}1. Install, and check everything:

   \`\`\`sh
   npm install
   npm run check
   \`\`\`

## Run it

\`\`\`sh
npm start
\`\`\`

or, in containers, \`docker compose up\`.

| Enter in an MCP client | MCP server |
| ---------------------- | ---------- |
${routes.map(({ name, upstreamUrl }) => `| \`${origin}/mcp/${name}\` | ${upstreamUrl} |`).join('\n')}

## Files

- \`config/policies.json\`: who may sign in, and what is sent upstream
- \`config/routes.oas.json\`: which MCP servers are behind the gateway
- \`.env\`: values and secrets, never committed; \`.env.example\` lists their names
`
}
