import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listenFailure } from '@beamtime/service-kit'
import type { Registry } from './registry.ts'
import { RegistryError } from './registry-error.ts'
import { answerRegistry, type RegistryRequest } from './registry-routes.ts'

const contentType = 'application/vnd.schemaregistry.v1+json'
const linesType = 'application/x-ndjson'
const acceptedTypes = [contentType, 'application/vnd.schemaregistry+json', 'application/json', linesType]
/** A schema is far smaller; an import of a whole registry may be large. */
const maxBodyBytes = 67_108_864

/** Who asks, from the login of the request: null = no login was given, false = it is wrong. */
export type RegistryLogin = (
  login: { user: string; password: string } | null,
  isWrite: boolean,
) => Promise<boolean>

export interface RegistryServerOptions {
  readonly registry: Registry
  readonly host: string
  readonly port: number
  /** Whether a request may go on. */
  readonly mayPass: RegistryLogin
  readonly onEvent: (event: RegistryEvent) => void
}

export type RegistryEvent =
  | { readonly kind: 'registry-changed'; readonly method: string; readonly path: string; readonly by: string }
  | {
      readonly kind: 'registry-refused'
      readonly method: string
      readonly path: string
      readonly remote: string
    }
  | {
      readonly kind: 'registry-failed'
      readonly method: string
      readonly path: string
      readonly error: unknown
    }

export interface RegistryServer {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

/** Serves the registry over HTTP. Rejects with CONFIG_ADDRESS_IN_USE naming `registry.listen`. */
export async function serveRegistry(options: RegistryServerOptions): Promise<RegistryServer> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void respond(request, response, options)
  })
  server.maxConnections = 1_000
  const port = await bind(server, options)
  return {
    host: options.host,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function bind(server: Server, { host, port }: RegistryServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(listenFailure(error, { key: 'registry.listen', address: `${host}:${port}` }) as Error),
    )
    server.listen({ host, port }, () => {
      const info = server.address()
      resolve(typeof info === 'object' && info !== null ? info.port : port)
    })
  })
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  options: RegistryServerOptions,
): Promise<void> {
  const { method = 'GET', url = '/' } = message
  const [path = '/'] = url.split('?')
  try {
    const by = await passed({ message, response, method, path }, options)
    const answer = await answerRegistry(options.registry, await readRequest(message, url))
    if (isWriting(method) && !path.startsWith('/compatibility'))
      options.onEvent({ kind: 'registry-changed', method, path, by })
    if (answer.kind === 'json' && answer.isImmutable === true)
      response.setHeader('cache-control', 'public, max-age=31536000, immutable')
    send(response, 200, answer.kind === 'lines' ? answer.text : JSON.stringify(answer.value))
  } catch (error) {
    if (message.destroyed && !message.complete) return
    if (error instanceof RegistryError) {
      send(response, error.status, JSON.stringify({ error_code: error.code, message: error.message }))
      return
    }
    options.onEvent({ kind: 'registry-failed', method, path, error })
    send(response, 500, JSON.stringify({ error_code: 50001, message: 'Error in the backend data store' }))
  }
}

function isWriting(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** The user that asks, '' without a login. Throws RegistryError 401 when the request may not go on. */
async function passed(
  at: { message: IncomingMessage; response: ServerResponse; method: string; path: string },
  { mayPass, onEvent }: RegistryServerOptions,
): Promise<string> {
  const { message, response, method, path } = at
  const login = loginOf(message)
  if (await mayPass(login, isWriting(method))) return login?.user ?? ''
  onEvent({ kind: 'registry-refused', method, path, remote: message.socket.remoteAddress ?? '' })
  response.setHeader('www-authenticate', 'Basic realm="schema registry"')
  throw new RegistryError(401, login === null ? 'A login is needed' : 'The login is not allowed to do this')
}

function send(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function readRequest(message: IncomingMessage, url: string): Promise<RegistryRequest> {
  const { method = 'GET' } = message
  const [path = '/', query = ''] = url.split('?')
  let parts: readonly string[]
  try {
    parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
  } catch {
    throw new RegistryError(404, 'HTTP 404 Not Found')
  }
  const [type = ''] = (message.headers['content-type'] ?? contentType).split(';')
  const text = await readBody(message)
  if (text !== '' && !acceptedTypes.includes(type.trim().toLowerCase()))
    throw new RegistryError(415, 'HTTP 415 Unsupported Media Type')
  const isLines = parts[0] === 'records'
  return { method, path: parts, query: new URLSearchParams(query), body: isLines ? text : jsonOf(text) }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBodyBytes) throw new RegistryError(413, `The body is larger than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonOf(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    throw new RegistryError(400, 'The body is no JSON')
  }
}

function loginOf({ headers }: IncomingMessage): { user: string; password: string } | null {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '')
  if (match?.[1] === undefined) return null
  const text = Buffer.from(match[1], 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
