import type { Endpoint, EndpointTable } from '../endpoint.ts'
import { resourceMetadata, serverMetadata } from '../server-metadata.ts'
import type { Settings } from '../settings.ts'
import { createStaticDocument, documentResponse } from '../static-document.ts'

/**
 * Every document at a fixed place, rendered once: the metadata of each issuer (RFC 8414 §3.1, path inserted; appended too,
 * where older clients look) and of each resource (RFC 9728 §3.1).
 *
 * There is no `openid-configuration`: Portico issues no ID tokens, and a document that says otherwise would be wrong in
 * the members OpenID Connect Discovery requires. Absent means 404, and clients go on to the RFC 8414 document (AS-13).
 */
export function wellKnownEndpoints(settings: Settings): EndpointTable {
  const server = '/.well-known/oauth-authorization-server'
  const rows = new Map<string, Endpoint>([[server, document(serverMetadata(settings))]])
  for (const resource of settings.resources.values()) {
    const ofRoute = document(serverMetadata(settings, resource))
    // A resource at the origin itself shares the gateway-wide issuer, and so its document.
    if (resource.path !== '') {
      rows.set(server + resource.path, ofRoute)
      rows.set(resource.path + server, ofRoute)
    }
    rows.set(`/.well-known/oauth-protected-resource${resource.path}`, document(resourceMetadata(resource)))
  }
  return Object.fromEntries([...rows].map(([path, endpoint]) => [`GET ${path}`, endpoint]))
}

function document(content: Readonly<Record<string, unknown>>): Endpoint {
  const rendered = createStaticDocument(content)
  return (c) => documentResponse(rendered, c.req.raw)
}
