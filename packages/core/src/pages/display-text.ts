const maximumLength = 100

/**
 * Text that a stranger chose, fit to be shown in a sentence of ours: without control characters, invisible characters and
 * those that turn the direction of writing around (DCR-13, A07), and short. HTML escaping is the template's business.
 */
export function displayText(text: string): string {
  const visible = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    // A pile of combining marks would climb out of its line.
    .replaceAll(/(\p{M}{2})\p{M}+/gu, '$1')
    .trim()
  const characters = Array.from(visible)
  return characters.length > maximumLength ? `${characters.slice(0, maximumLength - 1).join('')}…` : visible
}
