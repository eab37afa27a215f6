import * as fc from 'fast-check'

// Properties draw the same inputs in every run, so that a run that fails speaks of the change and not of its luck. New
// inputs are what `pnpm fuzz` is for, or another seed here.
fc.configureGlobal({ seed: Number(process.env['PORTICO_TEST_SEED'] ?? 20_261_123) })
