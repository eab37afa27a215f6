import { hash } from 'node:crypto'

/** SHA-256 without the detour through a thread that WebCrypto takes. */
export const hashToken = (token: string): string | Promise<string> => hash('sha256', token, 'base64url')
