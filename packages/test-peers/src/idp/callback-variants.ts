import type { LoginVariant } from './login-variant.ts'

type Change = (parameters: URLSearchParams) => void

function variant(
  id: string,
  title: string,
  outcome: LoginVariant['outcome'],
  change: Change,
  more: Pick<LoginVariant, 'needs'> = {},
): LoginVariant {
  return {
    id,
    title,
    outcome,
    ...more,
    apply(idp) {
      idp.bendCallback((parameters) => {
        const changed = new URLSearchParams(parameters)
        change(changed)
        return changed
      })
    },
  }
}

/** Answers of the authorization endpoint (RFC 6749 §4.1.2, RFC 9207) as they reach the callback. */
export const callbackVariants: readonly LoginVariant[] = [
  variant('issuer-right', 'iss is the provider', 'accepted', () => {}),
  variant('issuer-absent', 'iss is absent', 'accepted-unless-iss-required', (answer) => answer.delete('iss')),
  variant(
    'issuer-wrong',
    'iss is another provider',
    'refused',
    (answer) => answer.set('iss', 'https://attacker.example'),
    { needs: 'issuer' },
  ),
  variant(
    'issuer-slash',
    'iss has a slash added',
    'refused',
    (answer) => answer.set('iss', `${answer.get('iss')}/`),
    { needs: 'issuer' },
  ),
  variant('issuer-doubled', 'iss comes twice', 'refused', (answer) =>
    answer.append('iss', 'https://attacker.example'),
  ),
  variant('state-absent', 'state is absent', 'refused', (answer) => answer.delete('state')),
  variant('state-wrong', 'state is another one', 'refused', (answer) => answer.set('state', 'another-state')),
  variant('state-doubled', 'state comes twice', 'refused', (answer) =>
    answer.append('state', 'another-state'),
  ),
  variant('code-absent', 'code is absent', 'refused', (answer) => answer.delete('code')),
  variant('code-unknown', 'the provider never issued the code', 'refused', (answer) =>
    answer.set('code', 'unknown'),
  ),
  variant('code-doubled', 'code comes twice', 'refused', (answer) => answer.append('code', 'unknown')),
  variant('error-with-state', 'the provider answers an error', 'refused', (answer) => {
    answer.delete('code')
    answer.set('error', 'access_denied')
    answer.set('error_description', 'User is not assigned to the client application.')
  }),
  variant('error-without-state', 'the provider answers an error without state', 'refused', (answer) => {
    answer.delete('code')
    answer.delete('state')
    answer.set('error', 'server_error')
  }),
  variant('error-beside-code', 'the provider answers a code and an error', 'refused', (answer) =>
    answer.set('error', 'server_error'),
  ),
  {
    id: 'form-post',
    title: 'the provider answers by form_post',
    outcome: 'accepted',
    apply(idp) {
      idp.answerBy('form_post')
    },
  },
]
