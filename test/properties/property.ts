import type { IAsyncPropertyWithHooks, IPropertyWithHooks } from 'fast-check'

/** Something that holds for every input of a parser of hostile text: no crash, no accepted forgery, no secret told. */
export interface ParserProperty {
  /** Completes "for any input …". */
  readonly title: string
  readonly property: IPropertyWithHooks<readonly unknown[]> | IAsyncPropertyWithHooks<readonly unknown[]>
  /** How many inputs the short run of the tests takes; slower properties take fewer. */
  readonly runs: number
}
