import { defineProvider, type OptionValues, type Report } from '@portico/provider'

import { externalCloud, nationalClouds } from './clouds.ts'
import { entraClaims, entraIdentity } from './entra-identity.ts'
import { entraClient, entraOptions, personalAccounts } from './entra-options.ts'

type Values = OptionValues<typeof entraOptions>

/**
 * Sign in with Microsoft Entra ID: one tenant, several, a national cloud or External ID
 * (https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc).
 */
export const entra = defineProvider({
  id: 'entra',
  name: 'Microsoft Entra ID',
  options: entraOptions,
  client: entraClient,
  derive: (values, report) => {
    reportContradictions(values, report)
    const { tenantId = '', cloud = 'public', tenantSubdomain = '', multiTenant, domainHint } = values
    const segment = multiTenant?.audience ?? tenantId
    const hosts = cloud === 'external' ? externalCloud(tenantSubdomain, tenantId) : nationalClouds[cloud]
    const login = `https://${hosts.login}/${segment}`
    const query = values.appSpecificKeys ? `?appid=${values.clientId ?? ''}` : ''
    return {
      oidc: {
        ...(multiTenant
          ? {
              issuer: `https://${hosts.issuer}/${segment === 'consumers' ? personalAccounts : '{tenantid}'}/v2.0`,
              issuerTemplate: {
                template: `https://${hosts.issuer}/{tid}/v2.0`,
                claim: 'tid',
                keyIssuerMember: 'issuer',
                ...admittedTenants(multiTenant),
              },
            }
          : { issuer: `https://${hosts.issuer}/${tenantId}/v2.0` }),
        jwksUrl: `${login}/discovery/v2.0/keys${query}`,
        userinfoUrl: `https://${hosts.graph}/oidc/userinfo`,
        endSessionUrl: `${login}/oauth2/v2.0/logout`,
        discoveryUrl: `${login}/v2.0/.well-known/openid-configuration${query}`,
      },
      browserLogin: {
        url: `${login}/oauth2/v2.0/authorize`,
        tokenUrl: `${login}/oauth2/v2.0/token`,
        severalPrompts: 'refused', // AADSTS90023 (opencloud-eu/desktop, issue 871).
        ...(domainHint && { parameters: { domain_hint: domainHint } }),
      },
      warnings: openDoors(multiTenant),
    }
  },
  claims: entraClaims,
  identify: (claims, _read, { signIn }) => entraIdentity(claims, signIn?.allowedGroups !== undefined),
  explain: {
    AADSTS50011:
      'The callback address is not registered: add it to the app registration, under the platform Web.',
    AADSTS700016: 'clientId does not belong to this tenant: compare it with "Application (client) ID".',
    AADSTS7000215: 'The secret is invalid: copy the secret Value, not the Secret ID.',
    AADSTS7000222: 'The secret has expired: make a new one under "Certificates & secrets".',
    AADSTS50105:
      'The user is not assigned to the application: assign the user or a group, or switch "Assignment required" off.',
    AADSTS9002325:
      'The redirect URI is registered for a single-page application: register it under the platform Web.',
  },
})

function openDoors({
  audience,
  allowedTenantIds,
}: Partial<NonNullable<Values['multiTenant']>> = {}): string[] {
  if (audience === 'consumers') return ['Anybody with a personal Microsoft account may sign in.']
  return audience === 'organizations' && allowedTenantIds === undefined
    ? ['Users of every Entra tenant may sign in: name yours in multiTenant.allowedTenantIds.']
    : []
}

/** Personal accounts have keys in common with organizations, so the tenant decides, not the signature. */
function admittedTenants({ audience, allowedTenantIds }: NonNullable<Values['multiTenant']>) {
  if (audience === 'consumers') return { allowed: [personalAccounts] }
  return {
    ...(allowedTenantIds && { allowed: allowedTenantIds }),
    ...(audience === 'organizations' && { denied: [personalAccounts] }),
  }
}

function reportContradictions(values: Values, report: Report): void {
  const { tenantId, multiTenant, cloud, tenantSubdomain, scope } = values
  if (tenantId === undefined && multiTenant === undefined) {
    report(
      'tenantId',
      'is missing',
      'Copy "Directory (tenant) ID" from the app registration\'s Overview page.',
    )
  }
  if (tenantId !== undefined && tenantId === values.clientId?.toLowerCase()) {
    report(
      'clientId',
      'is the same value as tenantId',
      'Copy "Application (client) ID" from the Overview page.',
    )
  }
  if (tenantId !== undefined && multiTenant !== undefined) {
    report('multiTenant', 'replaces tenantId', 'Keep one of the two.')
  }
  if (multiTenant?.audience === 'consumers' && multiTenant.allowedTenantIds) {
    report(
      'multiTenant.allowedTenantIds',
      'names tenants, but personal accounts are in none of them',
      'Remove it, or set multiTenant.audience to "organizations".',
    )
  }
  if (multiTenant?.audience === 'common' && !multiTenant.allowedTenantIds && !multiTenant.allowAnyTenant) {
    report(
      'multiTenant',
      'admits anybody with a Microsoft account',
      'Name the tenants in allowedTenantIds, or set allowAnyTenant to true.',
    )
  }
  if (cloud === 'external' && multiTenant !== undefined) {
    report('multiTenant', 'does not exist in External ID', 'Set tenantId.')
  }
  if (cloud === 'external' && tenantSubdomain === undefined) {
    report(
      'tenantSubdomain',
      'is missing: External ID needs it',
      'Set the first part of "<name>.ciamlogin.com".',
    )
  }
  if (cloud !== 'external' && tenantSubdomain !== undefined) {
    report('tenantSubdomain', 'belongs to External ID', 'Remove it, or set cloud to "external".')
  }
  if (values.appSpecificKeys && values.clientId === undefined) {
    report('clientId', 'is missing: appSpecificKeys needs it', 'Copy "Application (client) ID".')
  }
  if (scope !== undefined && !scope.split(' ').includes('profile')) {
    report(
      'scope',
      'lacks "profile": without it there is no "oid", which identifies the user',
      `Use "${scope} profile".`,
    )
  }
}
