import type { ClientAuth } from 'oauth4webapi'

/**
 * `client_secret_basic`. Id and secret are encoded as RFC 6749 §2.3.1 demands, but nothing that may stay as it is: many
 * servers undo no encoding, and most ids and secrets then reach them unchanged.
 */
export function basicAuthentication(secret: string): ClientAuth {
  return (_server, { client_id: id }, _body, headers) => {
    headers.set('authorization', `Basic ${btoa(`${formEncoded(id)}:${formEncoded(secret)}`)}`)
  }
}

/** As `application/x-www-form-urlencoded` has it (RFC 6749 Appendix B): ASCII. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)
