/**
 * Text of strangers for a terminal: tool names of upstreams, ids of clients, what identity providers say. What would move
 * the cursor, start another line, turn the direction of the text or be seen by nobody stands there as an escape.
 */
export function visibleText(text: string): string {
  return text.replaceAll(/(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\n') return String.raw`\n`
    return String.raw`\u{${character.codePointAt(0)?.toString(16) ?? ''}}`
  })
}
