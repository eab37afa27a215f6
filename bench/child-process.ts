import { fork } from 'node:child_process'

/** One answer: `value`, or the text of the error. */
type Reply = { readonly value: unknown } | { readonly error: string }
type Question = { readonly name: string; readonly argument: unknown }
type Handlers = Readonly<Record<string, (argument: never) => unknown>>

export interface Child {
  /** One question at a time. */
  ask<Answer>(name: string, argument?: unknown): Promise<Answer>
  stop(): Promise<void>
}

/** Starts a script of this folder in a process of its own. */
export function startChild(script: URL): Child {
  const child = fork(script, {
    execArgv: ['--conditions=@portico/source', '--disable-warning=ExperimentalWarning'],
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  return {
    ask: <Answer>(name: string, argument?: unknown) =>
      new Promise<Answer>((resolve, reject) => {
        const onExit = () => reject(new Error(`${script.pathname} ended before it answered ${name}`))
        child.once('exit', onExit)
        child.once('message', (reply: Reply) => {
          child.off('exit', onExit)
          if ('error' in reply) reject(new Error(`${name}: ${reply.error}`))
          else resolve(reply.value as Answer)
        })
        child.send({ name, argument } satisfies Question)
      }),
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

/** In the child: answers what the parent asks, until the parent is gone. */
export function answerParent(handlers: Handlers): void {
  const answer = async ({ name, argument }: Question): Promise<Reply> => {
    try {
      return { value: await handlers[name]?.(argument as never) }
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }
  process.on('message', (question: Question) => {
    void answer(question).then((reply) => process.send?.(reply))
  })
  process.once('disconnect', () => process.exit())
}
