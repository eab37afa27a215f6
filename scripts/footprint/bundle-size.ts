import { gzipSync } from 'node:zlib'

import { rolldown } from 'rolldown'

/** Bytes of a Worker as its author would deploy it: one minified file, everything in it. */
export async function bundleSize(entry: string): Promise<{ minified: number; gzip: number }> {
  const bundle = await rolldown({
    input: entry,
    resolve: { conditionNames: ['workerd', 'worker', 'import'] },
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false })
  await bundle.close()
  const code = Buffer.from(output[0].code)
  return { minified: code.length, gzip: gzipSync(code, { level: 9 }).length }
}
