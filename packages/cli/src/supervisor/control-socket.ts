import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { ConfigError } from '@beamtime/service-kit'

/** What the command line asks a running supervisor. One JSON line each way. */
export type ControlRequest =
  | { readonly op: 'status' }
  | { readonly op: 'down' }
  | { readonly op: 'restart'; readonly role: string }

export interface ControlAnswer {
  readonly ok: boolean
  readonly detail: string
  readonly record?: unknown
}

export interface ControlServer {
  close(): Promise<void>
}

const maxRequestBytes = 65_536

export function controlSocketPath(runtimeDir: string): string {
  return join(runtimeDir, 'supervisor.sock')
}

/** Answers control requests of this user. A socket left over by a kill -9 is replaced. */
export async function openControlServer(
  runtimeDir: string,
  answer: (request: ControlRequest) => ControlAnswer,
): Promise<ControlServer> {
  const path = controlSocketPath(runtimeDir)
  rmSync(path, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy()) // the client went away
    readLine(socket, (line) => {
      const request = parseRequest(line)
      const reply = request === null ? { ok: false, detail: 'not a known request' } : answer(request)
      socket.end(`${JSON.stringify(reply)}\n`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  server.unref()
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Sends one request. Resolves null when no supervisor listens. Rejects with SERVICE_SOCKET_UNREACHABLE when it does not answer within 2 s. */
export function askSupervisor(runtimeDir: string, request: ControlRequest): Promise<ControlAnswer | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlSocketPath(runtimeDir))
    socket.setTimeout(2_000, () => {
      socket.destroy()
      reject(unreachable(runtimeDir))
    })
    socket.once('error', () => resolve(null))
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`))
    readLine(socket, (line) => {
      socket.destroy()
      const reply = jsonOrNull(line)
      if (typeof reply === 'object' && reply !== null) resolve(reply as ControlAnswer)
      else reject(unreachable(runtimeDir))
    })
  })
}

function unreachable(runtimeDir: string): ConfigError {
  return new ConfigError({
    code: 'SERVICE_SOCKET_UNREACHABLE',
    message: `the supervisor on ${runtimeDir} does not answer`,
    fault: 'environment',
    remedy: 'end it by its pid (state/supervisor.json) and start again with `beamtime up`',
  })
}

function readLine(socket: Socket, onLine: (line: string) => void): void {
  let text = ''
  let isDone = false
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    if (isDone) return
    text += chunk
    const end = text.indexOf('\n')
    if (end === -1) {
      if (text.length > maxRequestBytes * 16) socket.destroy()
      return
    }
    isDone = true
    onLine(text.slice(0, end))
  })
}

function parseRequest(line: string): ControlRequest | null {
  const value = line.length > maxRequestBytes ? null : jsonOrNull(line)
  if (typeof value !== 'object' || value === null) return null
  const { op, role } = value as { op?: unknown; role?: unknown }
  if (op === 'status' || op === 'down') return { op }
  return op === 'restart' && typeof role === 'string' ? { op, role } : null
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null // answered as unknown
  }
}
