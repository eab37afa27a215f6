import { type CodeFence, codeFences } from '../workspace/code-fences.ts'

export type CodeExample = Pick<CodeFence, 'page' | 'line' | 'given' | 'code'>

/**
 * The TypeScript blocks of every page. What a block takes for granted, a comment right before it declares for the
 * compiler: `<!-- given: declare const handler: (request: Request) => Response -->`. A block that shows a fragment says
 * so: ` ```ts fragment `.
 */
export function codeExamples(): CodeExample[] {
  return codeFences().filter(({ language }) => language === 'ts')
}
