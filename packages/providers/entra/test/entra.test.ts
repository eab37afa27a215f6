import { describeProvider } from '@portico/testkit'

import { entra } from '../src/index.ts'

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const other = '11111111-2222-4333-8444-555555555555'
const personal = '9188040d-6c67-4c5b-b112-36a304b66dad'
const credentials = {
  clientId: 'a3b1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  clientSecret: 'p0Z8Q~r3vQ8mKxT2wLs.p0Zr3vQ8mKxT2wLs',
}
const copyTenant = 'Copy "Directory (tenant) ID" from the app registration\'s Overview page.'

describeProvider(entra, {
  options: { tenantId: tenant, ...credentials, domainHint: 'contoso.com', appSpecificKeys: true },
  variants: [
    { tenantId: tenant, cloud: 'external', tenantSubdomain: 'contosoid', ...credentials },
    {
      multiTenant: { audience: 'organizations', allowedTenantIds: [tenant, other] },
      cloud: 'usgov',
      ...credentials,
    },
  ],
  derives: [
    [
      { tenantId: tenant },
      {
        'oidc.issuer': `https://login.microsoftonline.com/${tenant}/v2.0`,
        'oidc.jwksUrl': `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
        'oidc.userinfoUrl': 'https://graph.microsoft.com/oidc/userinfo',
        'oidc.endSessionUrl': `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/logout`,
        'oidc.issuerTemplate': undefined,
        'browserLogin.url': `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`,
        'browserLogin.tokenUrl': `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
        'browserLogin.severalPrompts': 'refused',
      },
    ],
    [
      { tenantId: tenant.toUpperCase(), cloud: 'usgov' },
      {
        'oidc.issuer': `https://login.microsoftonline.us/${tenant}/v2.0`,
        'oidc.jwksUrl': `https://login.microsoftonline.us/${tenant}/discovery/v2.0/keys`,
        'oidc.userinfoUrl': 'https://graph.microsoft.us/oidc/userinfo',
      },
    ],
    [
      { tenantId: tenant, cloud: 'china' },
      {
        'oidc.issuer': `https://login.partner.microsoftonline.cn/${tenant}/v2.0`,
        'browserLogin.tokenUrl': `https://login.chinacloudapi.cn/${tenant}/oauth2/v2.0/token`,
      },
    ],
    [
      { tenantId: tenant, cloud: 'external', tenantSubdomain: 'contosoid' },
      {
        'oidc.issuer': `https://${tenant}.ciamlogin.com/${tenant}/v2.0`,
        'oidc.jwksUrl': `https://contosoid.ciamlogin.com/${tenant}/discovery/v2.0/keys`,
      },
    ],
    [
      { multiTenant: { audience: 'organizations', allowedTenantIds: [tenant, other] } },
      {
        'oidc.issuer': 'https://login.microsoftonline.com/{tenantid}/v2.0',
        'oidc.jwksUrl': 'https://login.microsoftonline.com/organizations/discovery/v2.0/keys',
        'oidc.issuerTemplate': {
          template: 'https://login.microsoftonline.com/{tid}/v2.0',
          claim: 'tid',
          keyIssuerMember: 'issuer',
          allowed: [tenant, other],
          denied: [personal],
        },
        warnings: undefined,
      },
    ],
    [
      { multiTenant: { audience: 'organizations' } },
      { warnings: ['Users of every Entra tenant may sign in: name yours in multiTenant.allowedTenantIds.'] },
    ],
    [
      { multiTenant: { audience: 'consumers' } },
      {
        'oidc.issuer': `https://login.microsoftonline.com/${personal}/v2.0`,
        'oidc.jwksUrl': 'https://login.microsoftonline.com/consumers/discovery/v2.0/keys',
        'oidc.issuerTemplate.allowed': [personal],
        warnings: ['Anybody with a personal Microsoft account may sign in.'],
      },
    ],
    [
      { multiTenant: { audience: 'common', allowAnyTenant: true } },
      { 'oidc.issuerTemplate.allowed': undefined, 'oidc.issuerTemplate.denied': undefined },
    ],
    [
      { tenantId: tenant, appSpecificKeys: true, clientId: credentials.clientId, domainHint: 'contoso.com' },
      {
        'oidc.jwksUrl': `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys?appid=${credentials.clientId}`,
        'oidc.discoveryUrl': `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration?appid=${credentials.clientId}`,
        'browserLogin.parameters': { domain_hint: 'contoso.com' },
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { clientId: tenant },
      'clientId is the same value as tenantId. Copy "Application (client) ID" from the Overview page.',
    ],
    [
      {
        tenantId: undefined,
        cloud: 'external',
        tenantSubdomain: 'acme',
        multiTenant: { audience: 'organizations' },
      },
      'multiTenant does not exist in External ID. Set tenantId.',
    ],
    [
      { tenantId: tenant, cloud: 'external', tenantSubdomain: 'https://contosoid.ciamlogin.com/' },
      'tenantSubdomain must be the name of the tenant alone, without ".ciamlogin.com". Use "contosoid".',
    ],
    [
      { extraAuthorizationParams: { prompt: 'select_account consent' } },
      'extraAuthorizationParams.prompt has several values, of which this provider takes one. Use "select_account".',
    ],
    [
      { tenantId: personal.toUpperCase() },
      `tenantId is the tenant of all personal accounts. ${copyTenant} To admit anybody with a personal account, use multiTenant with the audience "consumers".`,
    ],
    [
      { tenantSubdomain: 'acme' },
      'tenantSubdomain belongs to External ID. Remove it, or set cloud to "external".',
    ],
    [
      { tenantId: 'contoso.onmicrosoft.com' },
      `tenantId must be the tenant GUID, not a domain name: Entra accepts the domain in URLs, but tokens carry the GUID in "iss". ${copyTenant}`,
    ],
    [
      { tenantId: 'common' },
      `tenantId is an alias for many tenants. ${copyTenant} To admit several tenants, use multiTenant with the audience "common".`,
    ],
    [
      { tenantId: 'organizations' },
      `tenantId is an alias for many tenants. ${copyTenant} To admit several tenants, use multiTenant with the audience "organizations".`,
    ],
    [
      { tenantId: 'consumers' },
      `tenantId is an alias for many tenants. ${copyTenant} To admit several tenants, use multiTenant with the audience "consumers".`,
    ],
    [
      { tenantId: `https://sts.windows.net/${tenant}/` },
      `tenantId must be the tenant GUID, not a URL. ${copyTenant}`,
    ],
    [{ tenantId: `{${tenant}}` }, `tenantId is a GUID in braces. Use "${tenant}".`],
    [{ tenantId: undefined }, `tenantId is missing. ${copyTenant}`],
    [
      { clientId: 'portico' },
      'clientId must be a GUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. Expected: Application (client) ID.',
    ],
    [
      { clientSecret: 'c0ffee00-1111-4222-8333-444444444444' },
      'clientSecret is the Secret ID. Copy the secret Value, which Entra shows once, when the secret is made.',
    ],
    [
      { clientId: credentials.clientSecret, clientSecret: credentials.clientId },
      'clientId and clientSecret are swapped. Exchange their values.',
    ],
    [{ multiTenant: { audience: 'consumers' } }, 'multiTenant replaces tenantId. Keep one of the two.'],
    [
      { tenantId: undefined, multiTenant: { audience: 'consumers', allowedTenantIds: [other] } },
      'multiTenant.allowedTenantIds names tenants, but personal accounts are in none of them. Remove it, or set multiTenant.audience to "organizations".',
    ],
    [
      { tenantId: undefined, multiTenant: { audience: 'common' } },
      'multiTenant admits anybody with a Microsoft account. Name the tenants in allowedTenantIds, or set allowAnyTenant to true.',
    ],
    [
      { tenantId: undefined, multiTenant: { audience: 'organizations', allowedTenantIds: ['contoso.com'] } },
      'multiTenant.allowedTenantIds[0] must be a GUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. Expected: Tenant id.',
    ],
    [
      { cloud: 'external' },
      'tenantSubdomain is missing: External ID needs it. Set the first part of "<name>.ciamlogin.com".',
    ],
    [
      { tenantSubdomain: 'contosoid' },
      'tenantSubdomain belongs to External ID. Remove it, or set cloud to "external".',
    ],
    [{ cloud: 'germany' }, 'cloud must be one of "public", "usgov", "china", "external".'],
    [
      { scope: 'openid email' },
      'scope lacks "profile": without it there is no "oid", which identifies the user. Use "openid email profile".',
    ],
  ],
  accepts: [
    { tenantId: undefined, multiTenant: { audience: 'common', allowedTenantIds: [tenant] } },
    { tenantId: undefined, multiTenant: { audience: 'common', allowAnyTenant: true } },
    { scope: 'openid profile' },
    { extraAuthorizationParams: { prompt: 'select_account' } },
  ],
  identifies: [
    {
      claims: {
        sub: 'pairwise',
        oid: 'o1',
        tid: tenant,
        name: 'Ada',
        email: 'ada@contoso.com',
        email_verified: true,
      },
      identity: {
        subject: 'o1',
        name: 'Ada',
        email: { address: 'ada@contoso.com', verified: false },
        organization: tenant,
      },
    },
    {
      claims: {
        sub: 'pairwise',
        oid: 'o1',
        tid: tenant,
        email: 'ada@contoso.com',
        xms_edov: '1',
        groups: ['g1'],
        roles: ['admin'],
      },
      options: { signIn: { allowedGroups: ['g1'] } },
      identity: {
        subject: 'o1',
        email: { address: 'ada@contoso.com', verified: true },
        groups: ['g1'],
        roles: ['admin'],
        organization: tenant,
      },
    },
    {
      claims: { sub: 'pairwise', oid: 'o1', tid: tenant, _claim_names: { groups: 'src1' } },
      identity: { subject: 'o1', organization: tenant },
    },
    {
      claims: { sub: 'pairwise', oid: 'o1', tid: tenant, _claim_names: { groups: 'src1' } },
      options: { signIn: { allowedGroups: ['g1'] } },
      refused: 'there are too many',
    },
    {
      claims: { sub: 'pairwise', oid: 'o1', tid: tenant, hasgroups: true },
      options: { signIn: { allowedGroups: ['g1'] } },
      refused: 'there are too many',
    },
    { claims: { sub: 'pairwise', tid: tenant }, refused: 'unusable claims: oid' },
  ],
  explains: {
    'AADSTS50011: The redirect URI does not match.': 'platform Web',
    'AADSTS7000215: Invalid client secret provided.': 'not the Secret ID',
    'AADSTS700016: Application was not found in the directory.': 'does not belong to this tenant',
    'AADSTS50105: The signed in user is not assigned.': 'Assignment required',
  },
})
