/** The best of `available` for an `Accept-Language` header (RFC 9110 §12.5.4): `de-AT` is served by `de`. */
export function chooseLanguage<Language extends string>(
  header: string | null,
  available: readonly [Language, ...Language[]],
): Language {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean)
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
  for (const { tag } of wanted) {
    const [primary = ''] = tag.split('-')
    const found = available.find((language) => language === tag || language === primary)
    if (found !== undefined) return found
  }
  return available[0]
}
