import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import {
  baseUrl,
  bareHost,
  bareOrigin,
  clientId,
  clientSecret,
  endpointUrl,
  guid,
  hostLabel,
  issuerUrl,
  pageBelow,
  pathSegment,
  prefixedId,
  scope,
  shapedText,
  sharedSecretSignature,
  text,
  vendorAddress,
  wholeAddress,
} from '../src/index.ts'

const hints = z.object({ remedy: z.string().optional() })

/** The refusal as one text, or `undefined`. */
function refusal(schema: z.ZodType, value: unknown): string | undefined {
  const issue = schema.safeParse(value).error?.issues[0]
  if (issue === undefined) return undefined
  const remedy = issue.code === 'custom' ? hints.parse(issue.params).remedy : undefined
  return remedy === undefined ? issue.message : `${issue.message}. ${remedy}`
}

describe('text', () => {
  const schema = text('Anything.', [
    { when: /^(?<host>\w+)!$/, problem: 'shouts', remedy: 'Use "$<host>".' },
    { when: /^#(?<name>\w+)$/, problem: 'is a tag', remedy: 'Use "$<name>".' },
  ])

  it.each(['x', 'two words', '$ENV', 'a"b', '{curly}', 'changeme-not'])('accepts %j', (value) => {
    expect(schema.parse(value)).toBe(value)
  })

  it.each([
    ['', 'is empty. Set it, or set the environment variable it comes from.'],
    [
      '$env(ACME_ID)',
      'still contains a placeholder: the environment variable ACME_ID was not resolved. Set ACME_ID where Portico starts.',
    ],
    [
      'https://${env.TENANT}.acme.example',
      'still contains a placeholder: the environment variable TENANT was not resolved. Set TENANT where Portico starts.',
    ],
    [
      '${ACME_ID}',
      'still contains a placeholder: the environment variable ACME_ID was not resolved. Set ACME_ID where Portico starts.',
    ],
    ['undefined', 'is a placeholder: the environment variable was not resolved. Set the real value.'],
    ['null', 'is a placeholder: the environment variable was not resolved. Set the real value.'],
    ['changeme', 'is a placeholder: the environment variable was not resolved. Set the real value.'],
    ['<your-client-id>', 'is still the placeholder of an example. Replace it by your own value.'],
    [' padded', 'begins or ends with white space. Remove it.'],
    ['padded\n', 'begins or ends with white space. Remove it.'],
    ['one\ntwo', 'contains a line break. Copy the value again, on one line.'],
    ['one\ttwo', 'contains a control character. Copy the value again.'],
    ['"quoted"', 'has quote characters around the value. Remove it.'],
    ['naïve', 'contains characters outside ASCII. Copy the value again.'],
    ['HELLO!', 'shouts. Use "hello".'],
    ['#Tag', 'is a tag. Use "Tag".'],
  ])('refuses %j', (value, expected) => {
    expect(refusal(schema, value)).toBe(expected)
  })

  it('takes only its own shape when it has one', () => {
    const shaped = shapedText('A number.', /^\d+$/, { problem: 'must be digits', remedy: 'Count.' })
    expect(refusal(shaped, '12')).toBeUndefined()
    expect(refusal(shaped, 'twelve')).toBe('must be digits. Count.')
  })
})

describe('bareHost', () => {
  it.each(['acme.us.auth0.com', 'login.example.com', 'a.b', 'xn--bcher-kva.example'])(
    'accepts %s',
    (value) => {
      expect(bareHost('Host.').parse(value)).toBe(value)
    },
  )

  it.each([
    [
      'https://acme.us.auth0.com/',
      'must be a bare host name: remove "https://" and the trailing "/". Use "acme.us.auth0.com".',
    ],
    ['//acme.example', 'must be a bare host name: remove "//". Use "acme.example".'],
    [
      'me:secret@acme.example',
      'must be a bare host name: remove the user information before "@". Use "acme.example".',
    ],
    [
      'acme.example/oauth2/default',
      'must be a bare host name: remove "/oauth2/default". Use "acme.example".',
    ],
    ['acme.example?x=1', 'must be a bare host name: remove the query after "?". Use "acme.example".'],
    ['acme.example#x', 'must be a bare host name: remove the fragment after "#". Use "acme.example".'],
    ['acme.example:8443', 'must be a bare host name: remove ":8443". Use "acme.example".'],
    ['acme.example.', 'must be a bare host name: remove the trailing ".". Use "acme.example".'],
    ['*.acme.example', 'must not contain a wildcard. Name the one host that is meant.'],
    ['Acme.example', 'must be in lower case: the issuer is compared byte by byte. Use "acme.example".'],
    ['acme', 'must be the whole host name, with its dots'],
    [
      'https://acme',
      'must be a bare host name: remove "https://"; what remains must be the whole host name, with its dots',
    ],
    ['10.0.0.1', 'must be a host name, not an IP address'],
    ['0x7f.1', 'must be a host name, not an IP address'],
    ['[::1]', 'must be a host name, not an IP address'],
    ['my_tenant.example', 'contains "_", which no host name may'],
    ['acme..example', 'is not a valid host name'],
    ['-acme.example', 'is not a valid host name'],
    [`${'a'.repeat(64)}.example`, 'is not a valid host name'],
    [
      'acme.example\\@evil.example',
      'must be a bare host name: remove "\\@evil.example". Use "acme.example".',
    ],
    [' https://acme.example ', 'begins or ends with white space. Use "acme.example".'],
    ['bücher.example', 'contains characters outside ASCII. Use "xn--bcher-kva.example".'],
  ])('refuses %s', (value, expected) => {
    expect(refusal(bareHost('Host.'), value)).toBe(expected)
  })

  it('takes a single label where a subdomain is asked for, and nothing more', () => {
    expect(refusal(hostLabel('Subdomain.'), 'gge-fra')).toBeUndefined()
    expect(refusal(hostLabel('Subdomain.'), 'Gge-Fra')).toBe(
      'must be in lower case: the issuer is compared byte by byte. Use "gge-fra".',
    )
    expect(refusal(hostLabel('Subdomain.'), 'Gge_Fra')).toBe(
      'must be one label of a host name: lower-case letters, digits and "-" only',
    )
    expect(refusal(hostLabel('Subdomain.'), 'gge.fra')).toBe(
      'must be one label of a host name: lower-case letters, digits and "-" only',
    )
  })
})

describe('bareOrigin', () => {
  it.each([
    'https://acme.logto.app',
    'https://auth.example.com:8443',
    'http://localhost:3001',
    'http://127.0.0.1:9001',
    'http://[::1]:9001',
    'https://10.1.2.3',
  ])('accepts %s', (value) => {
    expect(bareOrigin('Origin.').parse(value)).toBe(value)
  })

  it.each([
    ['https://acme.logto.app/oidc', 'must be the bare origin: remove "/oidc". Use "https://acme.logto.app".'],
    [
      'https://acme.logto.app/',
      'must be the bare origin: remove the trailing "/". Use "https://acme.logto.app".',
    ],
    [
      'https://acme.logto.app/oidc/.well-known/openid-configuration',
      'must be the bare origin: remove "/oidc/.well-known/openid-configuration". Use "https://acme.logto.app".',
    ],
    ['acme.logto.app', 'must be the bare origin: add "https://". Use "https://acme.logto.app".'],
    ['acme', 'must be the bare origin: add "https://"'],
    [
      'http://acme.logto.app',
      'must be the bare origin: replace "http://" by "https://". Use "https://acme.logto.app".',
    ],
    [
      'http://0.0.0.0:9001',
      'must be the bare origin: replace "http://" by "https://". Use "https://0.0.0.0:9001".',
    ],
    [
      'http://localhost.evil.example',
      'must be the bare origin: replace "http://" by "https://". Use "https://localhost.evil.example".',
    ],
    [
      'ftp://acme.logto.app',
      'must be the bare origin: replace "ftp://" by "https://". Use "https://acme.logto.app".',
    ],
    [
      'https://acme.logto.app?tenant=1',
      'must be the bare origin: remove the query after "?". Use "https://acme.logto.app".',
    ],
    [
      'https://acme.logto.app#x',
      'must be the bare origin: remove the fragment after "#". Use "https://acme.logto.app".',
    ],
    [
      'https://user:password@acme.logto.app',
      'must be the bare origin: remove the user information before "@". Use "https://acme.logto.app".',
    ],
    ['https://acme.logto.app:443', 'must be the bare origin: remove ":443". Use "https://acme.logto.app".'],
    [
      'https://Acme.Logto.app',
      'must be the bare origin: write the host name in lower case. Use "https://acme.logto.app".',
    ],
    [
      'https://acme.logto.app\\evil',
      'must be the bare origin: remove "\\evil". Use "https://acme.logto.app".',
    ],
    ['https://acme logto.app', 'must be the bare origin of one host'],
    ['https://', 'must be the bare origin of one host'],
    ['https://acme.logto.app:99999', 'must be the bare origin of one host'],
    ['https://0x7f.1', 'must be the bare origin of one host'],
    ['"https://acme.logto.app"', 'has quote characters around the value. Use "https://acme.logto.app".'],
    [
      'https://bücher.example:8443/oidc',
      'contains characters outside ASCII. Use "https://xn--bcher-kva.example:8443".',
    ],
    ['https://bücher..example', 'contains characters outside ASCII. Copy the value again.'],
    ['https://*.logto.app/', 'must not contain a wildcard. Name the one host that is meant.'],
    ['https://acme..logto.app', 'must be the bare origin of one host'],
    [
      'https://acme.logto.app./',
      'must be the bare origin: remove the trailing "." of the host name and the trailing "/". Use "https://acme.logto.app".',
    ],
  ])('refuses %s', (value, expected) => {
    expect(refusal(bareOrigin('Origin.'), value)).toBe(expected)
  })
})

describe('baseUrl', () => {
  it.each([
    'https://sso.example.com',
    'https://auth.example.com/auth',
    'http://localhost:8080',
    'https://a.example/my%20path',
  ])('accepts %s', (value) => {
    expect(baseUrl('Base.').parse(value)).toBe(value)
  })

  it.each([
    [
      'https://sso.example.com/auth/',
      'must be a base URL: remove the trailing "/". Use "https://sso.example.com/auth".',
    ],
    [
      'https://sso.example.com/auth/.well-known/openid-configuration',
      'must be a base URL: remove "/.well-known/openid-configuration". Use "https://sso.example.com/auth".',
    ],
    ['sso.example.com/auth', 'must be a base URL: add "https://". Use "https://sso.example.com/auth".'],
    ['https://sso.example.com/a/../b', 'contains "." or ".." as a path segment'],
    ['https://sso.example.com//b', 'contains "//" in its path'],
    ['https://*.example.com/auth', 'must not contain a wildcard. Name the one host that is meant.'],
    [
      'https://bücher.example/auth/',
      'contains characters outside ASCII. Use "https://xn--bcher-kva.example/auth".',
    ],
    ['https://sso.example.com/a%2Fb', 'contains an encoded or reversed slash or dot'],
    ['https://sso.example.com/a\\b', 'contains an encoded or reversed slash or dot'],
    ['https://sso.example.com/a b', 'contains characters that must be percent-encoded in a URL'],
    [
      'https://sso.example.com/auth?realm=x',
      'must be a base URL: remove the query after "?". Use "https://sso.example.com/auth".',
    ],
  ])('refuses %s', (value, expected) => {
    expect(refusal(baseUrl('Base.'), value)).toBe(expected)
  })
})

describe('endpointUrl', () => {
  it.each([
    'https://idp.example.com/keys',
    'https://idp.example.com/keys?appid=1',
    'https://idp.example.com',
  ])('accepts %s', (value) => {
    expect(endpointUrl('URL.').parse(value)).toBe(value)
  })

  it.each([
    ['idp.example.com/keys', 'must be an absolute https URL: add "https://"'],
    ['http://idp.example.com/keys', 'must be an absolute https URL: replace "http://" by "https://"'],
    ['https://a@idp.example.com/keys', 'must not contain user information: remove what is before "@"'],
    ['https://idp.example.com/keys#1', 'must not have a fragment: remove "#" and what follows'],
    [
      'https://idp.example.com/a/../keys',
      'is not written in its normal form. Use "https://idp.example.com/keys".',
    ],
    ['https://idp.example.com\\keys', 'is not a valid URL'],
  ])('refuses %s', (value, expected) => {
    expect(refusal(endpointUrl('URL.'), value)).toBe(expected)
  })
})

describe('issuerUrl', () => {
  it.each([
    'https://idp.example.com',
    'https://idp.example.com/',
    'https://idp.example.com:443',
    'https://api.asgardeo.io/t/acme/oauth2/token',
    'https://app.example.org/api/auth',
  ])('keeps %s byte for byte', (value) => {
    expect(issuerUrl('Issuer.').parse(value)).toBe(value)
  })

  it.each([
    [
      'https://idp.example.com/a/.well-known/openid-configuration',
      'is the address of the discovery document, not the issuer. Copy "issuer" from that document; it is probably "https://idp.example.com/a".',
    ],
    [
      'https://idp.example.com/oauth2/authorize',
      'is the address of an endpoint, not the issuer. Copy "issuer" from the discovery document of the provider.',
    ],
    [
      'https://login.microsoftonline.com/{tenantid}/v2.0',
      'still contains a template in braces. Put your own value in place of the braces.',
    ],
    ['https://idp.example.com/?a=b', 'must not have a query: remove "?" and what follows'],
    ['https://idp.example.com%2eevil.example', 'has a "%" in its host name'],
    ['idp.example.com', 'must be an absolute https URL: add "https://"'],
  ])('refuses %s', (value, expected) => {
    expect(refusal(issuerUrl('Issuer.'), value)).toBe(expected)
  })
})

describe('guid', () => {
  const id = '72f988bf-86f1-41af-91ab-2d7cd011db47'

  it('accepts a GUID and writes it in lower case', () => {
    expect(guid('Id.').parse(id)).toBe(id)
    expect(guid('Id.').parse(id.toUpperCase())).toBe(id)
  })

  it.each([
    [`{${id}}`, `is a GUID in braces. Use "${id}".`],
    [id.replaceAll('-', ''), `is a GUID without its dashes. Use "${id}".`],
    ['00000000-0000-0000-0000-000000000000', 'is the nil GUID. Copy the real one.'],
    [`${id}0`, 'must be a GUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'],
  ])('refuses %s', (value, expected) => {
    expect(refusal(guid('Id.'), value)).toBe(expected)
  })
})

describe('pathSegment', () => {
  it.each(['staff', 'my realm', 'a.b', '...'])('accepts %j', (value) => {
    expect(pathSegment('Realm.').parse(value)).toBe(value)
  })

  it.each(['a/b', 'a?b', 'a#b', 'a%2fb', 'a\\b'])('refuses %j', (value) => {
    expect(refusal(pathSegment('Realm.'), value)).toMatch(/^contains ".": it is one segment of a path/)
  })

  it.each(['.', '..'])('refuses %j', (value) => {
    expect(refusal(pathSegment('Realm.'), value)).toBe('must be a name, not "." or ".."')
  })
})

describe('usual mistakes', () => {
  const domain = bareHost('Domain.', [
    vendorAddress(['app.acme.com', 'acme.com'], 'your tenant', 'Copy "Domain" from the console.'),
  ])
  const address = baseUrl('Address.', [
    pageBelow(['-', 'if/admin', '.well-known'], 'is a page of the server'),
  ])
  const account = hostLabel('Account.', [wholeAddress('acme.com', 'the account')])

  it.each(['app.acme.com', 'https://APP.acme.com/settings', 'acme.com', 'https://acme.com:443'])(
    'tell the address of the vendor %s',
    (value) => {
      expect(refusal(domain, value)).toBe(
        'is an address of the vendor, not of your tenant. Copy "Domain" from the console.',
      )
    },
  )

  it.each(['eu.acme.com', 'acme.com.example', 'appxacme.com'])(
    'take %s for no address of the vendor',
    (value) => {
      expect(refusal(domain, value)).toBeUndefined()
    },
  )

  it.each([
    ['https://id.example/-/profile', 'https://id.example'],
    ['https://id.example/sso/if/admin/#/home', 'https://id.example/sso'],
    ['http://localhost:9000/.well-known', 'http://localhost:9000'],
  ])('tell the page %s from the address above it', (value, above) => {
    expect(refusal(address, value)).toBe(`is a page of the server. Use "${above}".`)
  })

  it.each(['https://id.example/sso', 'https://id.example/if', 'https://id.example/if/administration'])(
    'take %s for no page',
    (value) => {
      expect(refusal(address, value)).toBeUndefined()
    },
  )

  it('tell a whole address from its first label', () => {
    expect(refusal(account, 'https://Staff.acme.com/')).toBe(
      'must be the account alone, without ".acme.com". Use "staff".',
    )
    expect(refusal(account, 'staff')).toBeUndefined()
  })

  it('tell an id from a name', () => {
    const id = prefixedId('Organization.', 'org_', 'an organization id')
    expect(refusal(id, 'Acme')).toBe(
      'must be an organization id, which begins with "org_". Copy the id, not the name.',
    )
    expect(refusal(id, 'org_2abcDEF')).toBeUndefined()
  })

  it('say what to change where ID tokens are signed with the client secret', () => {
    expect(sharedSecretSignature('set it to RS256.')).toEqual({
      member: 'alg',
      value: 'HS256',
      remedy: 'The ID token is signed with HS256: set it to RS256.',
    })
  })
})

describe('credentials', () => {
  it.each([clientId(), clientSecret()])('accept text and refuse a URL', (schema) => {
    expect(refusal(schema, 'k7q~x:/+=')).toBeUndefined()
    expect(refusal(schema, 'https://acme.example')).toContain('not a URL')
  })
})

describe('scope', () => {
  const withOpenid = scope('Scopes.', { openid: true })

  it('accepts scopes separated by single spaces', () => {
    expect(withOpenid.parse('openid urn:acme:x https://a.example/b')).toBe(
      'openid urn:acme:x https://a.example/b',
    )
  })

  it.each([
    ['openid,email', 'separates scopes by commas: separate them by spaces. Use "openid email".'],
    ['openid  email', 'has more than one space between two scopes. Use "openid email".'],
    ['openid email email', 'names a scope twice. Use "openid email".'],
    ['profile', 'lacks "openid": no ID token is returned without it. Use "openid profile".'],
    ['openid a"b', 'contains characters that no scope may contain'],
  ])('refuses %j', (value, expected) => {
    expect(refusal(withOpenid, value)).toBe(expected)
  })

  it('does not ask for openid where there is no ID token', () => {
    expect(refusal(scope('Scopes.', { openid: false }), 'read:user')).toBeUndefined()
  })
})
