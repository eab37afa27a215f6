/** SCOPE-06: the scopes and everything that they include, directly or through others. */
export function includedScopes(
  scopes: readonly string[],
  includes: Readonly<Record<string, readonly string[]>> = {},
): readonly string[] {
  const all = new Set(scopes)
  // A set visits what is added while it is walked.
  for (const scope of all) {
    if (Object.hasOwn(includes, scope)) for (const included of includes[scope] ?? []) all.add(included)
  }
  return [...all]
}
