import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions, TLSSocket } from 'node:tls'
import { listenFailure } from '@beamtime/service-kit'
import { Connection, type ConnectionOptions } from './connection.ts'
import { type ListenAddress, needsLogin, needsTls } from './listen-address.ts'
import { SaslSession } from './security/sasl-session.ts'
import { sharingReads } from './shared-read.ts'
import { certificateSubject } from './security/tls-settings.ts'

export interface KafkaServerOptions extends Omit<
  ConnectionOptions,
  'advertised' | 'sasl' | 'certificateSubject' | 'sharesReads'
> {
  readonly addresses: readonly ListenAddress[]
  readonly maxConnections: number
  /** Of listeners with TLS; null = there are none. */
  readonly tls: TlsOptions | null
  /** A TLS handshake did not succeed. */
  readonly onTlsFailure: (remote: string, reason: string) => void
  /** A client was turned away because `maxConnections` were there. */
  readonly onRefused: (remote: string) => void
}

export interface KafkaServer {
  /** As bound: a port 0 is replaced by the real one. */
  readonly addresses: readonly { readonly name: string; readonly host: string; readonly port: number }[]
  readonly connections: ReadonlySet<Connection>
  close(): Promise<void>
}

/** Listens on all addresses. Rejects with CONFIG_ADDRESS_IN_USE naming the key when a port is taken. */
export async function listen(options: KafkaServerOptions): Promise<KafkaServer> {
  const connections = new Set<Connection>()
  const servers: Server[] = []
  const onSocket = (socket: Socket, address: ListenAddress): void => {
    if (connections.size >= options.maxConnections) {
      options.onRefused(socket.remoteAddress ?? '')
      socket.destroy()
      return
    }
    const connect = (own: Socket, sharesReads: boolean): Connection =>
      new Connection(own, {
        ...options,
        sharesReads,
        advertised: address.advertised,
        sasl: needsLogin(address.protocol) ? new SaslSession(options.core.users) : null,
        certificateSubject: socket instanceof TLSSocket ? certificateSubject(socket) : null,
      })
    const sharing = socket instanceof TLSSocket ? null : sharingReads(socket, (own) => connect(own, true))
    const connection = sharing ?? connect(socket, false)
    connections.add(connection)
    socket.once('close', () => connections.delete(connection))
    if (sharing === null) socket.resume()
  }
  const close = async (): Promise<void> => {
    const closing = servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const connection of connections) connection.close()
    await Promise.all(closing)
  }
  const bound: { name: string; host: string; port: number }[] = []
  try {
    for (const address of options.addresses) {
      const server = serverFor(address, options, (socket) => onSocket(socket, address))
      const port = await bind(server, address)
      servers.push(server)
      bound.push({ name: address.name, host: address.host, port })
    }
  } catch (error) {
    await close()
    throw error
  }
  return { addresses: bound, connections, close }
}

function serverFor(
  { protocol }: ListenAddress,
  { tls, maxConnections, onTlsFailure }: KafkaServerOptions,
  onSocket: (socket: Socket) => void,
): Server {
  if (!needsTls(protocol) || tls === null) return createServer({ pauseOnConnect: true }, onSocket)
  const server = createTlsServer(tls, onSocket)
  // Also bounds those that are still shaking hands.
  server.maxConnections = maxConnections
  server.on('tlsClientError', (error, socket) => onTlsFailure(socket.remoteAddress ?? '', error.message))
  return server
}

function bind(server: Server, address: ListenAddress): Promise<number> {
  const { host, port, key } = address
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(listenFailure(error, { key, address: `${host}:${port}` }) as Error),
    )
    server.listen({ host, port, backlog: 511 }, () => {
      const info = server.address()
      resolve(typeof info === 'object' && info !== null ? info.port : port)
    })
  })
}
