import { assertionAlgorithms } from './clients/assertion-algorithms.ts'
import { endpointUrl } from './endpoint-url.ts'
import { idJagProfile } from './grants/grant-names.ts'
import type { Resource, Settings } from './settings.ts'
import { introspectionSupported, supportedGrantTypes } from './supported-features.ts'

const confidentialMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']

/**
 * RFC 8414 metadata of one issuer: the gateway-wide one, or that of `route`. It says what is switched on, and nothing else
 * (AS-01 to AS-16).
 */
export function serverMetadata(settings: Settings, route?: Resource): Record<string, unknown> {
  const resources = route ? [route] : [...settings.resources.values()]
  const clientAuthentication = {
    methods: ['none', ...confidentialMethods],
    algorithms: assertionAlgorithms,
  }
  return {
    issuer: route?.issuer ?? settings.publicUrl,
    authorization_endpoint: endpointUrl(settings, `/authorize${route?.path ?? ''}`),
    token_endpoint: endpointUrl(settings, '/token'),
    // DCR-01: absent when switched off.
    registration_endpoint: settings.registration.dynamic ? endpointUrl(settings, '/register') : undefined,
    jwks_uri: `${settings.publicUrl}/.well-known/jwks.json`,
    // AS-10: here and nowhere else, or clients never ask for a refresh token.
    scopes_supported: [
      ...new Set(resources.flatMap((resource) => [...resource.scopes.keys()])),
      'offline_access',
    ],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    grant_types_supported: supportedGrantTypes(settings),
    token_endpoint_auth_methods_supported: clientAuthentication.methods,
    token_endpoint_auth_signing_alg_values_supported: clientAuthentication.algorithms,
    revocation_endpoint: endpointUrl(settings, '/revoke'),
    revocation_endpoint_auth_methods_supported: clientAuthentication.methods,
    revocation_endpoint_auth_signing_alg_values_supported: clientAuthentication.algorithms,
    ...(settings.deviceAuthorization && {
      device_authorization_endpoint: endpointUrl(settings, `/device/authorization${route?.path ?? ''}`),
    }),
    // EMA-02.
    ...(settings.identityAssertions.length > 0 && { authorization_grant_profiles_supported: [idJagProfile] }),
    ...(settings.dpop && { dpop_signing_alg_values_supported: assertionAlgorithms }),
    ...(settings.pushedAuthorizationRequests !== 'off' && {
      pushed_authorization_request_endpoint: endpointUrl(settings, `/par${route?.path ?? ''}`),
      require_pushed_authorization_requests: settings.pushedAuthorizationRequests === 'required',
    }),
    ...(introspectionSupported(settings) && {
      introspection_endpoint: endpointUrl(settings, '/introspect'),
      introspection_endpoint_auth_methods_supported: confidentialMethods,
      introspection_endpoint_auth_signing_alg_values_supported: clientAuthentication.algorithms,
    }),
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: settings.registration.metadataDocuments,
    authorization_response_iss_parameter_supported: true,
    protected_resources: resources.map((resource) => resource.url),
  }
}

/** RFC 9728 metadata of one resource: its own authorization server, first and alone (RS-04). */
export function resourceMetadata({ dpop }: Settings, resource: Resource): Record<string, unknown> {
  return {
    resource: resource.url,
    authorization_servers: [resource.issuer],
    // SCOPE-02, SCOPE-09: the basic scopes, never offline_access.
    scopes_supported: [...resource.defaultScopes],
    bearer_methods_supported: ['header'],
    ...(dpop && { dpop_signing_alg_values_supported: assertionAlgorithms }),
    ...(resource.dpopBound && { dpop_bound_access_tokens_required: true }),
    resource_name: resource.name,
  }
}
