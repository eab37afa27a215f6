/** Hosts of one Microsoft cloud. */
export interface Cloud {
  readonly login: string
  readonly issuer: string
  readonly graph: string
}

/**
 * National clouds (https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud). In China the
 * issuer is another host than the one users sign in at, as MSAL's authority metadata has it.
 */
export const nationalClouds = {
  public: {
    login: 'login.microsoftonline.com',
    issuer: 'login.microsoftonline.com',
    graph: 'graph.microsoft.com',
  },
  usgov: {
    login: 'login.microsoftonline.us',
    issuer: 'login.microsoftonline.us',
    graph: 'graph.microsoft.us',
  },
  china: {
    login: 'login.chinacloudapi.cn',
    issuer: 'login.partner.microsoftonline.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
  },
} as const satisfies Record<string, Cloud>

/** External ID: the tenant's name leads to the sign-in pages, its GUID is the host of the issuer. */
export function externalCloud(tenantSubdomain: string, tenantId: string): Cloud {
  return {
    login: `${tenantSubdomain}.ciamlogin.com`,
    issuer: `${tenantId}.ciamlogin.com`,
    graph: 'graph.microsoft.com',
  }
}
