/** A text without what careless readers do not tell apart: case, width, space around it, invisible characters. */
export const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}\s]/gu, '')
    .toLowerCase()
