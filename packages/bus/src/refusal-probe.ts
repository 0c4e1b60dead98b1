import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { setTimeout as delay } from 'node:timers/promises'
import type { BusOptions } from './bus.ts'
import { clientOptions } from './client-options.ts'
import { BusError } from './error.ts'

/* A broker that wants a login or TLS says so by closing the connection, which looks like one that goes down. So that
 * nobody waits for ever, the first broker is asked in Kafka's oldest words: ApiVersions v0, then Metadata v0 of no topic.
 * Grammar: size INT32, api_key INT16, api_version INT16, correlation_id INT32, client_id NULLABLE_STRING, body. */

type Finding = 'fine' | 'away' | 'wants-login' | 'wants-tls' | 'is-plain'

const apiVersions = Buffer.from('0000000a0012000000000001ffff', 'hex')
const metadata = Buffer.from('0000000e0003000000000002ffff00000000', 'hex')
const answerMs = 2_000
const againMs = 300
const watchMs = 2_000
const remedies: Readonly<Partial<Record<Finding, readonly [what: string, remedy: string]>>> = {
  'wants-login': [
    'the broker wants a login',
    'Set bus.security to "sasl_plaintext" or "sasl_ssl", and bus.sasl with mechanism, username and password.',
  ],
  'wants-tls': [
    'the broker speaks TLS only',
    'Set bus.security to "ssl" or "sasl_ssl", and bus.tls.ca where the authority of its certificate is not a public one.',
  ],
  'is-plain': [
    'the broker does not speak TLS at this address',
    'Set bus.security to "plaintext" or "sasl_plaintext", or correct bus.bootstrap_servers.',
  ],
}

/** BUS_UNAVAILABLE becomes BUS_AUTHENTICATION where a broker is there and turns this client away; any other error stays. */
export async function withRefusal(failure: BusError, options: BusOptions): Promise<BusError> {
  return failure.code === 'BUS_UNAVAILABLE' ? ((await refusal(options, failure)) ?? failure) : failure
}

/** Waits for a call that the library repeats by itself for ever, but no longer than until the broker is seen to turn this client away. */
export async function unlessRefused<T>(work: Promise<T>, options: BusOptions): Promise<T> {
  const done = new AbortController()
  const watching = async (): Promise<T> => {
    for (;;) {
      await delay(watchMs, undefined, { signal: done.signal, ref: false })
      const failure = await refusal(options)
      if (failure !== null) throw failure
    }
  }
  try {
    return await Promise.race([work, watching()])
  } finally {
    done.abort()
  }
}

async function refusal(options: BusOptions, cause?: BusError): Promise<BusError | null> {
  const finding = await find(options)
  const known = remedies[finding]
  if (known === undefined) return null
  // A broker that goes down in the middle looks the same; it does not do so twice.
  await delay(againMs)
  if ((await find(options)) !== finding) return null
  const [message, remedy] = known
  return new BusError({ code: 'BUS_AUTHENTICATION', fault: 'caller', message, remedy, cause })
}

async function find(options: BusOptions): Promise<Finding> {
  const [server = ''] = options.bootstrapServers
  const colon = server.lastIndexOf(':')
  const place = {
    host: server.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(server.slice(colon + 1)),
  }
  const { tls } = clientOptions(options, 'probe')
  if (tls !== undefined) {
    const own = await talk(
      connectTls({ ...place, ...tls, servername: servername(place.host) }),
      'secureConnect',
    )
    if (own !== 'away') return own
    return (await talk(connectTcp(place), 'connect')) === 'fine' ? 'is-plain' : 'away'
  }
  const own = await talk(connectTcp(place), 'connect')
  // Nothing secret is sent: it is only tried whether there is TLS.
  return own === 'away' && (await shakesHands(connectTls({ ...place, rejectUnauthorized: false })))
    ? 'wants-tls'
    : own
}

function shakesHands(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isSo: boolean): void => {
      socket.destroy()
      resolve(isSo)
    }
    socket.setTimeout(answerMs, () => end(false))
    socket.once('secureConnect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}

/** SNI is for names only. */
function servername(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host
}

function talk(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<Finding> {
  return new Promise((resolve) => {
    let answers = 0
    let received = Buffer.alloc(0)
    const end = (finding: Finding): void => {
      socket.destroy()
      resolve(finding)
    }
    socket.setTimeout(answerMs, () => end('away'))
    socket.once(ready, () => socket.write(apiVersions))
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => end(answers === 1 ? 'wants-login' : 'away'))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      received = received.subarray(4 + received.readInt32BE(0))
      answers++
      if (answers === 2) end('fine')
      else socket.write(metadata)
    })
  })
}
