import type { CapabilityPolicy } from './capability-policy.ts'
import type { JudgedMessage } from './judge-message.ts'
import type { RequestStates } from './request-states.ts'
import type { SessionBinding } from './session-binding.ts'
import type { TaskBinding } from './task-binding.ts'
import type { UpstreamEras } from './translate/upstream-eras.ts'
import type { Upstream } from './upstream.ts'
import type { AnsweredCall } from './watched-calls.ts'

/** What every decision of an exchange may depend on. */
export interface ExchangeOptions {
  readonly upstream: Upstream
  readonly sessions: SessionBinding
  readonly policy: CapabilityPolicy | undefined
  readonly requestStates: RequestStates | undefined
  readonly tasks: TaskBinding | undefined
  readonly onMessage: ((message: JudgedMessage) => void) | undefined
  /** Told how tool calls end; absent while requests are made on the way to the answer. */
  readonly onAnswered: ((call: AnsweredCall) => void) | undefined
  /** What is known about the upstream's eras; absent where messages are in its era already. */
  readonly eras: UpstreamEras | undefined
}
