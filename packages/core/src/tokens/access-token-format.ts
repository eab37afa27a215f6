/** `typ` of access tokens that are JWTs (RFC 9068 §2.1). */
export const accessTokenType = 'at+jwt'

/** Tells an opaque access token from every other kind of token. */
export const opaquePrefix = 'at_'
