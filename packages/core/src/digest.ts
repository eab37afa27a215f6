// On Node its own, several times as fast as the portable ones; both are tested against each other.
export { base64urlText, deriveKey, sha256Text } from '#digest'

/** Compares two texts of ASCII without telling by its duration where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}
