import { type Check, type Finding, ok, problem } from './finding.ts'
import { firstDifference } from './first-difference.ts'
import { answerInWords, codeOf, type RunningGateway } from './running-gateway.ts'

/** A place that clients look at, and the member that must be there, byte for byte. */
interface Expected {
  readonly check: Check
  readonly path: string
  readonly member: string
  readonly value: string
}

/** A browser-based client of somebody else: documents are public to all of them. */
const foreignOrigin = 'https://client.example'

/** The well-known documents as clients find them: there, naming this gateway, readable from anywhere. */
export async function checkDocuments(gateway: RunningGateway): Promise<readonly Finding[]> {
  const { publicUrl, routes } = gateway
  const server = '/.well-known/oauth-authorization-server'
  const expected: readonly Expected[] = [
    { check: 'server_metadata', path: server, member: 'issuer', value: publicUrl },
    ...routes.flatMap((route): Expected[] => [
      {
        check: 'server_metadata',
        path: `${server}${route}`,
        member: 'issuer',
        value: `${publicUrl}${route}`,
      },
      {
        check: 'resource_metadata',
        path: `/.well-known/oauth-protected-resource${route}`,
        member: 'resource',
        value: `${publicUrl}${route}`,
      },
    ]),
  ]
  return (await Promise.all(expected.map((each) => checkDocument(gateway, each)))).flat()
}

async function checkDocument(
  { publicUrl, open }: RunningGateway,
  { check, path, member, value }: Expected,
): Promise<readonly Finding[]> {
  const url = `${publicUrl}${path}`
  let response: Response
  try {
    response = await open(url, { headers: { accept: 'application/json', origin: foreignOrigin } })
  } catch (error) {
    return [
      problem(check, `${url} cannot be reached (${codeOf(error)}).`, 'Check whether the proxy is running.'),
    ]
  }
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  if (response.status === 403 && members?.['error'] === 'forbidden') {
    return [
      problem(
        check,
        `The gateway refuses ${url}, because it receives another host name.`,
        'Let the proxy keep the Host header (nginx: proxy_set_header Host $host).',
      ),
    ]
  }
  const found = members?.[member]
  if (response.status !== 200 || typeof found !== 'string') {
    return [
      problem(
        check,
        `${url} ${answerInWords(response)}, not the gateway's metadata: something else answers this path.`,
        `Let the proxy forward all of /.well-known/ of this host to the gateway, including ${path}; no other site's folder or ACME rule may take it.`,
      ),
    ]
  }
  return [compare({ check, url, member, value, found }), readableAnywhere(url, response)]
}

function compare({
  check,
  url,
  member,
  value,
  found,
}: Pick<Expected, 'check' | 'member' | 'value'> & { readonly url: string; readonly found: string }): Finding {
  if (found === value) return ok(check, `${url} names ${value}.`)
  const isScheme = found.replace(/^https?:/, '') === value.replace(/^https?:/, '')
  const difference = isScheme ? 'the scheme differs' : firstDifference(value, found)
  return problem(
    check,
    `${url} has the ${member} ${JSON.stringify(found)} instead of ${JSON.stringify(value)}: ${difference}. Clients refuse it.`,
    'Start the gateway with the same PORTICO_PUBLIC_URL, the origin that users enter, and do not let a proxy rewrite bodies.',
  )
}

function readableAnywhere(url: string, response: Response): Finding {
  const allowed = response.headers.get('access-control-allow-origin')
  if (allowed === '*' || allowed === foreignOrigin)
    return ok('cors', `${url} can be read by browser-based clients.`)
  return problem(
    'cors',
    `${url} has ${allowed === null ? 'no Access-Control-Allow-Origin' : `Access-Control-Allow-Origin: ${allowed}`}, so browser-based clients cannot read it.`,
    'The gateway sends "*": let the proxy forward the header without adding its own.',
  )
}
