import type { Gateway } from '../create-gateway.ts'

/** What a server of any runtime needs: of a gateway, or of its operators' side. */
export type HostedGateway = Pick<Gateway, 'fetch' | 'originFor' | 'observer' | 'observe' | 'close' | 'finish'>
