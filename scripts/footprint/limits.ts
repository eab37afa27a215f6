/** What is limited, and the most it may be. A limit is a little above what was measured when it was set. */
export const limits = {
  /** Of `@portico/core` and `@portico/logto`, these two among them. */
  'Core and one provider: packages': 11,
  'Core and one provider: our packages, KiB': 2_850,
  'Core and one provider: dependencies, KiB': 8_800,
  /** `examples/cloudflare-workers`: the whole gateway. */
  'Worker with the gateway: minified, KiB': 770,
  'Worker with the gateway: gzip, KiB': 240,
  /** Read before the first answer: core with one provider in memory. */
  'Core, first metadata answer: modules': 270,
  'Core, first metadata answer: source, KiB': 1_350,
  /** The gateway on Node with three providers and a SQLite file. */
  'Gateway, first metadata answer: modules': 560,
  'Gateway, first metadata answer: source, KiB': 2_500,
} as const

/** The name of something that is measured. */
export type Figure = keyof typeof limits
