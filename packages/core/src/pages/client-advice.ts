import type { MessageKey } from './messages/en.ts'

/** How to recognise a client by what its request carries; good enough to choose a hint, never to trust anything. */
const known: readonly (readonly [MessageKey, RegExp])[] = [
  ['advice.claude-code', /claude-code|:3118\/callback/i],
  ['advice.claude', /\/\/claude\.(ai|com)\//i],
  ['advice.codex', /codex/i],
  ['advice.chatgpt', /chatgpt\.com/i],
  ['advice.cursor', /^cursor:|cursor\.com|anysphere/im],
  ['advice.vscode', /vscode|:33418\//i],
  ['advice.gemini-cli', /gemini/i],
  ['advice.mcp-remote', /mcp-remote|mcp remote|mcp cli proxy/i],
]

/** What to press in the client that sent `hints` (its id, name and redirect URI, as far as they are known). */
export function clientAdvice(hints: readonly (string | undefined)[]): MessageKey | undefined {
  const text = hints.filter((hint) => hint !== undefined).join('\n')
  return known.find(([, pattern]) => pattern.test(text))?.[0]
}
