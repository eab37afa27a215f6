import { relative } from 'node:path'

import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one line per file that skipped tests and one line that a script can read. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      let skipped = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') count.passed += 1
        else if (state === 'failed') count.failed += 1
        else skipped += 1
      }
      count.skipped += skipped
      // A file that could not even be loaded has no tests of its own to count.
      if (module.state() === 'failed' && module.children.size === 0) count.failed += 1
      if (skipped > 0) {
        const file = relative(process.cwd(), module.moduleId)
        process.stdout.write(`skipped: ${skipped} tests of ${file} (CONTRIBUTING.md names what they need)\n`)
      }
    }
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}
