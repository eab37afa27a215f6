import { BlockList, Socket, isIP } from 'node:net'

// A test that reaches the internet proves something about the internet. Every socket of a test process, those of
// `fetch` included, may therefore go to this machine only.

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

type Connect = (this: Socket, ...connectArguments: unknown[]) => Socket

const connect = Socket.prototype.connect as Connect

Socket.prototype.connect = function connectToLoopback(this: Socket, ...connectArguments: unknown[]) {
  const { host, hasLookup } = targetOf(connectArguments)
  if (hasLookup) {
    // The test decides what the name means: what counts is the address.
    this.on('lookup', (_error, address) => {
      if (!isLoopback(address)) this.destroy(refusal(address))
    })
  } else if (!isLoopback(host)) throw refusal(host)
  return connect.apply(this, connectArguments)
}

/** `connect(options)`, `connect(port, host?)`, `connect(path)`, or the normalized array of node:net itself. */
function targetOf([first, second]: readonly unknown[]): { host: string; hasLookup: boolean } {
  if (Array.isArray(first)) return targetOf(first)
  const named = typeof first === 'object' && first !== null ? first : { host: second }
  return {
    host: 'host' in named && typeof named.host === 'string' ? named.host : 'localhost',
    hasLookup: 'lookup' in named && typeof named.lookup === 'function',
  }
}

function isLoopback(host: string): boolean {
  const version = isIP(host)
  if (version === 0) return host === 'localhost' || host.endsWith('.localhost')
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6')
}

function refusal(host: string): Error {
  return new Error(`a test tried to connect to ${host}: only loopback is allowed`)
}
