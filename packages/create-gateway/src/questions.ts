import type { Problem } from './answers.ts'

/** One of several values. */
export interface Choice {
  readonly value: string
  readonly label: string
}

/** How a person is asked. Every method throws `Cancelled` when the person leaves. */
export interface Questions {
  text(question: {
    readonly message: string
    readonly placeholder?: string
    readonly initial?: string
    readonly problemOf: (value: string) => Problem
  }): Promise<string>
  /** What is typed does not show. */
  secret(message: string): Promise<string>
  choose(message: string, choices: readonly Choice[], initial: string): Promise<string>
  confirm(message: string): Promise<boolean>
}

/** The person has left; nothing was written. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}
