import { AsyncLocalStorage } from 'node:async_hooks'

import { serveOnLoopback } from '@portico/test-peers/node'
import { Agent, type Dispatcher } from 'undici'
import { expect, it, onTestFinished } from 'vitest'

import { observeDispatcher } from '../../src/node/observe-dispatcher.ts'
import { combineObservers } from '../../src/observe/combine-observers.ts'
import { recordingObserver } from './recording-observer.ts'

it('hands answers on in the context of who asked, where a connection is shared', async () => {
  const { origin, close } = await serveOnLoopback(() => () => Promise.resolve(new Response('answer')))
  onTestFinished(() => close())
  const agent = new Agent({ connections: 1 })
  onTestFinished(() => agent.close())
  const asker = new AsyncLocalStorage<string>()
  /** Sends one request, and says in whose context each part of its answer came. */
  const contextsOf = (dispatcher: Dispatcher, name: string): Promise<ReadonlySet<string | undefined>> =>
    asker.run(name, () => {
      const seen = new Set<string | undefined>()
      const see = () => void seen.add(asker.getStore())
      return new Promise((resolve, reject) => {
        dispatcher.dispatch(
          { origin, path: '/', method: 'GET', headers: {} },
          {
            onRequestStart: see,
            onResponseStart: see,
            onResponseData: see,
            onResponseEnd() {
              see()
              resolve(seen)
            },
            onResponseError: (_controller, error) => reject(error),
          },
        )
      })
    })

  const observer = combineObservers(recordingObserver().observer)
  if (!observer) throw new Error('there is one')
  const observed = observeDispatcher(agent, observer, '/mcp/demo')
  for (const name of ['first', 'second', 'third']) {
    expect(await contextsOf(observed, name)).toEqual(new Set([name]))
  }
  // Without it the parts come in the context of the first, who opened the connection.
  expect(await contextsOf(agent, 'fourth')).not.toEqual(new Set(['fourth']))
})
