import { isPlainObject } from './merge-patch.ts'
import type { Transport } from './transport.ts'

export type HttpErrorKind = 'unauthorized' | 'forbidden' | 'not-found' | 'refused' | 'unreachable' | 'failed'

/** Every way in which a request can end badly. `message` is the server's own text where there is one. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly kind: HttpErrorKind
  readonly status: number
  readonly requestId: string | undefined
  readonly body: Readonly<Record<string, unknown>>
  constructor(f: {
    kind: HttpErrorKind
    status: number
    message: string
    requestId?: string | undefined
    body?: Record<string, unknown>
  }) {
    super(f.message)
    this.kind = f.kind
    this.status = f.status
    this.requestId = f.requestId
    this.body = f.body ?? {}
  }
}

export interface HttpClient {
  get<T>(path: string, signal?: AbortSignal): Promise<T>
  /** Reads a binary answer. */
  bytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer>
  /** Posts JSON. A 200 answer with `success: false` is thrown as kind 'refused' with the server's `msg`. */
  post<T>(path: string, body?: unknown): Promise<T>
  /** Posts bytes as they are; refusals as of `post`. */
  postBytes<T>(path: string, bytes: Uint8Array): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  /** DELETE; refusals as of `post`. */
  remove<T>(path: string): Promise<T>
  setCsrf(value: string | undefined): void
}

export interface HttpClientOptions {
  readonly transport: Transport
  /** Called once per burst of 401 answers; the page shows the login over itself. */
  readonly onUnauthorized: () => void
}

export function createHttpClient({ transport, onUnauthorized }: HttpClientOptions): HttpClient {
  let csrf: string | undefined

  async function send(path: string, init: RequestInit): Promise<Response> {
    let response: Response
    try {
      response = await transport.fetch(`/api${path}`, { credentials: 'same-origin', ...init })
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
      throw new HttpError({ kind: 'unreachable', status: 0, message: 'The server does not answer.' })
    }
    if (response.ok) return response
    const error = await errorOf(response)
    if (error.kind === 'unauthorized' && !path.startsWith('/ui/login')) onUnauthorized()
    throw error
  }

  async function change<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' }
    const isBytes = body instanceof Uint8Array
    if (body !== undefined)
      headers['content-type'] = isBytes ? 'application/octet-stream' : 'application/json'
    if (csrf !== undefined) headers['x-csrf'] = csrf
    const response = await send(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (isPlainObject(answer) && answer['success'] === false)
      throw new HttpError({
        kind: 'refused',
        status: 200,
        message: textOf(answer) ?? 'Refused.',
        body: answer,
      })
    return answer as T
  }

  return {
    async get<T>(path: string, signal?: AbortSignal) {
      const response = await send(path, {
        headers: { accept: 'application/json' },
        ...(signal ? { signal } : {}),
      })
      return (await response.json()) as T
    },
    async bytes(path, signal) {
      const response = await send(path, signal ? { signal } : {})
      return await response.arrayBuffer()
    },
    post: <T>(path: string, body: unknown = {}) => change<T>('POST', path, body),
    postBytes: <T>(path: string, bytes: Uint8Array) => change<T>('POST', path, bytes),
    put: <T>(path: string, body: unknown) => change<T>('PUT', path, body),
    remove: <T>(path: string) => change<T>('DELETE', path),
    setCsrf(value) {
      csrf = value
    },
  }
}

const kinds: Readonly<Record<number, HttpErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
}

async function errorOf(response: Response): Promise<HttpError> {
  const text = await response.text()
  let body: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(text)
    if (isPlainObject(parsed)) body = parsed
  } catch {
    body = {}
  }
  return new HttpError({
    kind: kinds[response.status] ?? 'failed',
    status: response.status,
    message: textOf(body) ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    requestId: response.headers.get('x-request-id') ?? undefined,
    body,
  })
}

function textOf(body: Record<string, unknown>): string | undefined {
  for (const key of ['msg', 'detail', 'message', 'text', 'error']) {
    const value = body[key]
    if (typeof value === 'string' && value !== '') return value
    if (isPlainObject(value)) return textOf(value)
  }
  return undefined
}

/** The text that a person sees for anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
