import { globSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

// V8 makes a hidden class for every object literal with an accessor. It holds the accessor's closure, and through it whatever
// belongs to the request, until a full collection: the scavenger copies all of it, twice.
it('sources on the way of a request have accessors in classes alone', () => {
  const found = globSync('packages/{core,gateway,mcp,resource-server,connections}/src/**/*.ts', { cwd: root })
    .map((file) => ({ file, text: readFileSync(root + file, 'utf8') }))
    .filter(({ text }) => /^ +[gs]et \w+\(/m.test(text) && !/^(?:export )?class /m.test(text))
    .map(({ file }) => file)
  expect(found).toEqual([])
})
