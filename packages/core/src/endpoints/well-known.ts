import type { ApiEndpoint, ApiEndpointTable } from '../api/api-endpoint.ts'
import { createStaticDocument, documentAnswer, type StaticDocument } from '../api/static-document.ts'
import { resourceMetadata, serverMetadata } from '../server-metadata.ts'
import type { Settings } from '../settings.ts'

/**
 * Every document at a fixed place, by path, rendered once: the metadata of each issuer (RFC 8414 §3.1, path inserted;
 * appended too, where older clients look) and of each resource (RFC 9728 §3.1).
 *
 * There is no `openid-configuration`: Portico issues no ID tokens, and a document that says otherwise would be wrong in
 * the members OpenID Connect Discovery requires. Absent means 404, and clients go on to the RFC 8414 document (AS-13).
 */
export function wellKnownDocuments(settings: Settings): ReadonlyMap<string, StaticDocument> {
  const server = '/.well-known/oauth-authorization-server'
  const documents = new Map([[server, createStaticDocument(serverMetadata(settings))]])
  for (const resource of settings.resources.values()) {
    const ofRoute = createStaticDocument(serverMetadata(settings, resource))
    // A resource at the origin itself shares the gateway-wide issuer, and so its document.
    if (resource.path !== '') {
      documents.set(server + resource.path, ofRoute)
      documents.set(resource.path + server, ofRoute)
    }
    const ofResource = createStaticDocument(resourceMetadata(settings, resource))
    documents.set(`/.well-known/oauth-protected-resource${resource.path}`, ofResource)
  }
  return documents
}

export function wellKnownEndpoints(documents: ReadonlyMap<string, StaticDocument>): ApiEndpointTable {
  const endpointOf =
    (document: StaticDocument): ApiEndpoint =>
    (request) =>
      documentAnswer(document, request)
  return Object.fromEntries([...documents].map(([path, document]) => [`GET ${path}`, endpointOf(document)]))
}
