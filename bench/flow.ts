import { createHash } from 'node:crypto'

import type { JobRequest } from './job.ts'
import { jsonHeaders } from './job.ts'

/** What every target is asked alike: one public client, one PKCE pair, one resource. */
export const publicUrl = 'https://gateway.example'
export const resourcePath = '/mcp'
export const resourceUrl = publicUrl + resourcePath
export const redirectUri = 'http://127.0.0.1:33418/callback'
export const scope = 'mcp:tools'
const codeVerifier = 'a-verifier-of-the-benchmark-with-more-than-43-characters'
export const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')

export const metadataRequest: JobRequest = {
  method: 'GET',
  path: '/.well-known/oauth-authorization-server',
  headers: {},
}

export const registrationRequest: JobRequest = {
  method: 'POST',
  path: '/oauth/register',
  headers: jsonHeaders,
  body: JSON.stringify({
    client_name: 'Benchmark',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }),
}

/** What a client opens in the user's browser. */
export function authorizePath(clientId: string): string {
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    resource: resourceUrl,
    scope,
    state: 'a-state-of-the-benchmark',
  })
  return `/oauth/authorize?${parameters.toString()}`
}

export const tokenPath = '/oauth/token'

export function codeForm(clientId: string, code: string): string {
  return new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
    resource: resourceUrl,
  }).toString()
}

export function refreshForm(clientId: string, refreshToken: string): string {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken,
    resource: resourceUrl,
  }).toString()
}

export function toolCall(accessToken: string): JobRequest {
  return {
    method: 'POST',
    path: resourcePath,
    headers: {
      ...jsonHeaders,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      authorization: `Bearer ${accessToken}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'a short text' } },
    }),
  }
}
