// Written by `pnpm generate`.

/** The provider packages that come with the command line, by id. */
export const bundledProviders: Readonly<Record<string, () => Promise<object>>> = {
  auth0: () => import('@portico/auth0'),
  clerk: () => import('@portico/clerk'),
  cognito: () => import('@portico/cognito'),
  entra: () => import('@portico/entra'),
  google: () => import('@portico/google'),
  keycloak: () => import('@portico/keycloak'),
  logto: () => import('@portico/logto'),
  oidc: () => import('@portico/oidc'),
  okta: () => import('@portico/okta'),
  onelogin: () => import('@portico/onelogin'),
  ping: () => import('@portico/ping'),
  workos: () => import('@portico/workos'),
}
