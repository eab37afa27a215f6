/**
 * What is wrong with the Node that runs this, in one line; `undefined` where nothing is. Bun and Deno tell versions of Node that
 * they stand in for, which say nothing.
 *
 * @param versions `process.versions`
 * @param required `engines.node` of the package: `>=` and a major version
 */
export function nodeProblem(
  { node = '', bun, deno }: Readonly<Record<string, string | undefined>>,
  required: string,
): string | undefined {
  if (bun !== undefined || deno !== undefined) return undefined
  const major = required.replace('>=', '')
  if (Number.parseInt(node, 10) >= Number(major)) return undefined
  return `portico needs Node ${major} or newer, and this is Node ${node}: install a newer one from https://nodejs.org.`
}
