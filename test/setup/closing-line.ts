import { relative } from 'node:path'

import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one line per file that skipped tests and one line that a script can read. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state)
      const failed = states.filter((state) => state === 'failed').length
      const skipped = states.filter((state) => state === 'skipped' || state === 'pending').length
      count.passed += states.length - failed - skipped
      count.failed += failed
      if (module.state() === 'failed' && failed === 0) {
        // It could not be loaded or prepared: none of its tests ran.
        count.failed += Math.max(1, skipped)
      } else if (skipped > 0) {
        count.skipped += skipped
        const file = relative(process.cwd(), module.moduleId)
        process.stdout.write(`skipped: ${skipped} tests of ${file} (CONTRIBUTING.md names what they need)\n`)
      }
    }
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}
