import { connect } from 'node:net'
import { ConfigError } from './config-error.ts'

export type HealthPath = '/healthz' | '/readyz' | '/version' | '/metrics' | '/status'

export interface HealthAnswer {
  readonly code: number
  readonly text: string
  /** The body as JSON; null for /metrics and for what does not parse. */
  readonly json: unknown
}

const maxAnswerBytes = 16 * 1024 * 1024

/**
 * Asks a service on its Unix socket. Written on a bare socket because node:http would cost the command line
 * 15 ms. Rejects with SERVICE_SOCKET_UNREACHABLE when nobody answers within `timeoutMs` (default 2 000).
 */
export function queryHealth(
  socketPath: string,
  path: HealthPath,
  options: { readonly timeoutMs?: number } = {},
): Promise<HealthAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const socket = connect(socketPath)
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy()
      reject(
        new ConfigError({
          code: 'SERVICE_SOCKET_UNREACHABLE',
          message: `${socketPath} does not answer (${why})`,
          fault: 'environment',
          remedy: 'see `beamtime status` for the services that run',
          cause,
        }),
      )
    }
    socket.setTimeout(options.timeoutMs ?? 2_000, () => fail('timeout'))
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'failed', error))
    socket.once('connect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: local\r\nconnection: close\r\n\r\n`),
    )
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxAnswerBytes) fail('answer too long')
      else chunks.push(chunk)
    })
    socket.once('end', () => {
      const parsed = parseAnswer(Buffer.concat(chunks).toString('utf8'))
      if (parsed === null) fail('malformed answer')
      else resolve(parsed)
    })
  })
}

function parseAnswer(text: string): HealthAnswer | null {
  const end = text.indexOf('\r\n\r\n')
  const code = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
  if (end === -1 || code === undefined) return null
  const body = text.slice(end + 4)
  return { code: Number(code), text: body, json: jsonOrNull(body) }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null // metrics are text
  }
}
