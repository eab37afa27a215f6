const packages: readonly (readonly [RegExp, string])[] = [
  [/^https:\/\/[^/]+\.auth0\.com(?:\/|$)/, 'auth0'],
  [/^https:\/\/[^/]+\.(?:(?:okta|oktapreview|okta-emea|okta-gov)\.com|okta\.mil)(?:\/|$)/, 'okta'],
  [
    /^https:\/\/(?:login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn)|[^/]+\.ciamlogin\.com)\//,
    'entra',
  ],
  [/^https:\/\/accounts\.google\.com$/, 'google'],
  [/^https:\/\/(?:issuer-)?cognito-idp\.[\w-]+\.amazonaws\.com\//, 'cognito'],
  [/^https:\/\/[^/]+\.logto\.app\//, 'logto'],
  [/^https:\/\/[^/]+\.onelogin\.com\//, 'onelogin'],
  [/^https:\/\/auth\.pingone\.[a-z.]+\//, 'ping'],
  [/^https:\/\/[^/]+\.clerk\.accounts\.dev$/, 'clerk'],
  [/^https:\/\/(?:[^/]+\.authkit\.app$|api\.workos\.com)/, 'workos'],
  [/\/realms\/[^/]+$/, 'keycloak'],
  [/\/application\/o\/[^/]+\/$/, 'authentik'],
  [/\/oauth2\/openid\/[^/]+$/, 'kanidm'],
]

/** Points to the package that knows the peculiarities of a provider recognised by its issuer. */
export function knownProviderWarning(issuer: string): string[] {
  const known = packages.find(([pattern]) => pattern.test(issuer))
  return known === undefined
    ? []
    : [`The issuer looks like that of @portico/${known[1]}, which knows its peculiarities.`]
}
