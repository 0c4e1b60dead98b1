import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { RawData, WebSocket } from 'ws'
import type { Authority } from '../auth/authority.ts'
import type { Identity } from '../auth/identity.ts'
import type { Scope } from '../auth/scopes.ts'
import { socketCredential, tokenProtocol } from '../auth/socket-credential.ts'
import type { SocketCredential } from '../auth/socket-credential.ts'
import { GatewayError } from '../error.ts'
import { isRecord } from '../http/body.ts'

const pingEveryMs = 20_000
const firstMessageWithinMs = 5_000
const maxMessageBytes = 1024 * 1024
/** Close code of a socket whose first message does not log in. */
const closeUnauthorized = 4401

/** What serves the sockets of one path. */
export interface SocketRoute {
  readonly scope: Scope
  open(socket: WebSocket, identity: Identity, request: IncomingMessage): void
}

export interface SocketServerOptions {
  readonly routes: Readonly<Record<string, SocketRoute>>
  readonly authority: Authority
  readonly loginCookie: string
  readonly allowOrigins: readonly string[]
  onError(error: unknown): void
}

export interface SocketServer {
  readonly connections: number
  close(): void
}

/** Takes WebSocket handshakes of an HTTP server. Rights are checked at the handshake only: clients delete their keys right after it. */
export function serveSockets(http: Server, options: SocketServerOptions): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: (protocols) => (protocols.has(tokenProtocol) ? tokenProtocol : false),
    perMessageDeflate: { threshold: 1_024, serverNoContextTakeover: true, zlibDeflateOptions: { level: 1 } },
  })
  const alive = new WeakSet<WebSocket>()
  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy())
    const path = request.url?.split('?', 1)[0] ?? ''
    const route = Object.hasOwn(options.routes, path) ? options.routes[path] : undefined
    if (route === undefined) {
      refuse(stream, 404, 'Not Found')
      return
    }
    const credential = socketCredential(request, options)
    const admitted =
      credential.kind === 'first-message' ? null : admit(options.authority, credential, route.scope)
    if (admitted !== null && admitted.identity === null) {
      refuse(stream, 403, admitted.why)
      return
    }
    server.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket)
      socket.on('pong', () => alive.add(socket))
      socket.on('error', () => socket.terminate())
      const open = (identity: Identity): void => {
        try {
          route.open(socket, identity, request)
        } catch (error) {
          options.onError(error)
          socket.close(1011)
        }
      }
      if (admitted?.identity != null) open(admitted.identity)
      else waitForLogin(socket, { authority: options.authority, scope: route.scope, open })
    })
  }
  http.on('upgrade', onUpgrade)
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, pingEveryMs)
  timer.unref()
  return {
    get connections() {
      return server.clients.size
    },
    close() {
      clearInterval(timer)
      http.off('upgrade', onUpgrade)
      for (const socket of server.clients) {
        socket.close(1001)
        setTimeout(() => socket.terminate(), 500).unref()
      }
      server.close()
    },
  }
}

type Admission = { readonly identity: Identity } | { readonly identity: null; readonly why: string }

function admit(
  authority: Authority,
  credential: Exclude<SocketCredential, { kind: 'first-message' }>,
  scope: Scope,
): Admission {
  try {
    const { identity } = authority.authenticate(credential)
    return identity.scopes.has(scope)
      ? { identity }
      : { identity: null, why: `Not enough permissions: ${scope}` }
  } catch (error) {
    if (error instanceof GatewayError) return { identity: null, why: error.detail }
    throw error
  }
}

function waitForLogin(
  socket: WebSocket,
  want: { readonly authority: Authority; readonly scope: Scope; open(identity: Identity): void },
): void {
  const timer = setTimeout(() => socket.close(closeUnauthorized, 'no login message'), firstMessageWithinMs)
  socket.once('close', () => clearTimeout(timer))
  socket.once('message', (data: RawData) => {
    clearTimeout(timer)
    const credential = messageCredential(data)
    const admitted = credential === null ? null : admit(want.authority, credential, want.scope)
    if (admitted === null || admitted.identity === null) socket.close(closeUnauthorized, 'login refused')
    else want.open(admitted.identity)
  })
}

function messageCredential(data: RawData): Exclude<SocketCredential, { kind: 'first-message' }> | null {
  let message: unknown
  try {
    message = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  if (!isRecord(message) || message['type'] !== 'auth') return null
  const { api_key: key, access_token: token } = message
  if (typeof key === 'string') return { kind: 'api-key', secret: key, from: 'header' }
  return typeof token === 'string' ? { kind: 'bearer', token } : null
}

function refuse(stream: Duplex, code: number, detail: string): void {
  const body = JSON.stringify({ detail })
  stream.end(
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
