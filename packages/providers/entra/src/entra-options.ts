import { bareHost, clientSecret, guid, hostLabel, wholeAddress } from '@portico/provider'
import { z } from 'zod'

/** The tenant of all personal accounts (id-token-claims-reference, `tid`). */
export const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad'

const tenantIdRemedy = 'Copy "Directory (tenant) ID" from the app registration\'s Overview page.'

/** The option names of the reference, and what it lacks: other clouds and several tenants. */
export const entraOptions = {
  tenantId: guid('Directory (tenant) ID.', [
    {
      when: /^(?<alias>common|organizations|consumers)$/i,
      problem: 'is an alias for many tenants',
      remedy: `${tenantIdRemedy} To admit several tenants, use multiTenant with the audience "$<alias>".`,
    },
    {
      when: new RegExp(`^${personalAccounts}$`, 'i'),
      problem: 'is the tenant of all personal accounts',
      remedy: `${tenantIdRemedy} To admit anybody with a personal account, use multiTenant with the audience "consumers".`,
    },
    {
      when: /^https?:\/\//i,
      problem: 'must be the tenant GUID, not a URL',
      remedy: tenantIdRemedy,
    },
    {
      when: /^[\w-]+(?:\.[\w-]+)+$/,
      problem:
        'must be the tenant GUID, not a domain name: Entra accepts the domain in URLs, but tokens carry the GUID in "iss"',
      remedy: tenantIdRemedy,
    },
  ]).optional(),
  cloud: z
    .enum(['public', 'usgov', 'china', 'external'])
    .optional()
    .meta({ description: 'Microsoft cloud; `external` is External ID. Default `public`.' }),
  tenantSubdomain: hostLabel('Name of an External ID tenant, the first part of `<name>.ciamlogin.com`.', [
    wholeAddress('ciamlogin.com', 'the name of the tenant'),
    wholeAddress('onmicrosoft.com', 'the name of the tenant'),
  ]).optional(),
  multiTenant: z
    .strictObject({
      audience: z.enum(['organizations', 'common', 'consumers']).meta({
        description: 'Who is let in: work and school accounts, personal accounts as well, or only those.',
      }),
      allowedTenantIds: z
        .array(guid('Tenant id.'))
        .min(1)
        .optional()
        .meta({ description: 'The tenants whose users may sign in.' }),
      allowAnyTenant: z.boolean().optional().meta({
        description: 'Admits anybody with a Microsoft account; for the audience `common` without a list.',
      }),
    })
    .optional()
    .meta({ description: 'Several tenants, instead of `tenantId`.' }),
  domainHint: bareHost('Domain of the users, to skip the account chooser.').optional(),
  appSpecificKeys: z
    .boolean()
    .optional()
    .meta({ description: 'The application has signing keys of its own (claims mapping).' }),
}

/** Client ids are GUIDs, and the id of a secret is often copied in place of its value. */
export const entraClient = {
  id: guid('Application (client) ID.'),
  secret: clientSecret('Value of a client secret, best from the environment.', [
    {
      when: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
      problem: 'is the Secret ID',
      remedy: 'Copy the secret Value, which Entra shows once, when the secret is made.',
    },
  ]),
}
