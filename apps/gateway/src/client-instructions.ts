import type { RunningDemo } from './start-demo.ts'

const json = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('\n', '\n    ')

/** What to do next: addresses, users, and how to connect the usual MCP clients. */
export function clientInstructions({ origin, idp, demo, notes }: RunningDemo): string {
  const demoUrl = `${origin}/mcp/demo`
  const notesUrl = `${origin}/mcp/notes`
  const users = idp.accounts.map(
    ({ username, password, groups = [] }) => `${username} / ${password}  (${groups.join(', ')})`,
  )
  return `
Portico is running.

  MCP endpoints       ${demoUrl}
                      ${notesUrl}
  Identity provider   ${idp.issuer}
  Servers behind it   ${demo.url}
                      ${notes.url}

  Sign in as          ${users.join('\n                      ')}

Connect a client, then sign in and allow it in the browser:

  MCP Inspector (with Node 22.19 or newer)
    npx @modelcontextprotocol/inspector --server-url ${demoUrl} --transport http --protocol-era auto

  Claude Code
    claude mcp add --transport http portico-demo ${demoUrl}
    claude mcp add --transport http portico-notes ${notesUrl}

  Cursor (.cursor/mcp.json)
    ${json({ mcpServers: { 'portico-demo': { url: demoUrl }, 'portico-notes': { url: notesUrl } } })}

  VS Code (.vscode/mcp.json)
    ${json({ servers: { 'portico-demo': { type: 'http', url: demoUrl }, 'portico-notes': { type: 'http', url: notesUrl } } })}

Ctrl-C stops everything. What was registered and granted is kept for the next start.
`
}
