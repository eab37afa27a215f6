import { OAuthError } from '../../oauth-error.ts'
import type { Arrival } from '../check.ts'

const single = [
  'response_type',
  'response_mode',
  'state',
  'scope',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'prompt',
  'max_age',
  'login_hint',
  'acr_values',
  'idp',
  'request',
  'request_uri',
  'registration',
]

/** RFC 6749 §3.1: no parameter twice. `resource` has a rule of its own, unknown ones are ignored (AS-20). */
export function singleParameters({ parameters }: Arrival): object {
  const repeated = single.find((name) => parameters.isRepeated(name))
  if (repeated !== undefined) throw new OAuthError('invalid_request', `${repeated} is repeated.`)
  return {}
}
