import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { records } from '../records.ts'
import { readRefreshToken } from '../tokens/refresh-token.ts'

/** The trace id of the authorization attempt that a refused token request belongs to, where that can be told. */
export async function attemptOfTokenRequest(
  { storage, refreshTokenKey }: Pick<Context, 'storage' | 'refreshTokenKey'>,
  form: FormParameters,
): Promise<string | undefined> {
  const code = form.get('code')
  if (code !== undefined && code.length <= 512) {
    return (await records(storage, 'code').get(code))?.value.traceId
  }
  const token = form.get('refresh_token')
  const parts = token === undefined ? undefined : readRefreshToken(await refreshTokenKey(), token)
  const chain = parts && (await records(storage, 'refresh-token').get(parts.chainId))
  return chain && (await records(storage, 'grant').get(chain.value.grantId))?.value.traceId
}
