import { defineConfig } from 'vitest/config'

import { ClosingLine } from './test/setup/closing-line.ts'

// Tests run against the sources: no package has to be built first.
const conditions = ['@portico/source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/**/test/**/*.test.ts',
      'apps/**/test/**/*.test.ts',
      'examples/**/test/**/*.test.ts',
      'e2e/**/*.test.ts',
      'conformance/**/*.test.ts',
      'bench/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/setup/loopback-only.ts', 'test/setup/property-seed.ts'],
    reporters: ['default', new ClosingLine()],
    // By default one core is left idle, which is half of a machine with two.
    maxWorkers: '100%',
    // Long enough for a machine that is busy with something else; nothing in a test waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { requireAssertions: true },
  },
})
