/** What is limited, and the most it may be. A limit is a little above what was measured when it was set. */
export const limits = {
  /** Of `@portico/core` and `@portico/logto`, these two among them. */
  'Core and one provider: packages': 11,
  'Core and one provider: our packages, KiB': 2_500,
  'Core and one provider: dependencies, KiB': 8_800,
  /** `examples/cloudflare-workers`: the whole gateway. */
  'Worker with the gateway: minified, KiB': 680,
  'Worker with the gateway: gzip, KiB': 215,
  /** Read before the first answer: core with one provider in memory. */
  'Core, first metadata answer: modules': 440,
  'Core, first metadata answer: source, KiB': 1_950,
  /** The gateway on Node with three providers and a SQLite file. */
  'Gateway, first metadata answer: modules': 800,
  'Gateway, first metadata answer: source, KiB': 4_000,
} as const

/** The name of something that is measured. */
export type Figure = keyof typeof limits
