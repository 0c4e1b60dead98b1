import { chmodSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '@beamtime/service-kit'
import { createConsoleBacklog } from '../console/console-backlog.ts'
import { WorkerHostError } from '../error.ts'
import { createJsonLineReader, encodeJsonLine } from '../json-lines.ts'
import { maxLineBytes } from '../protocol.ts'
import type { WorkerAnswer, WorkerEvent, WorkerOperation } from '../protocol.ts'
import { decodeRequest } from './request-decoder.ts'

export interface WorkerServerOptions {
  /** Sent first on each connection. */
  hello(): readonly WorkerEvent[]
  /** A WorkerHostError with code WORKER_REJECTED becomes `rejected`, any other error `error`. */
  handle(op: WorkerOperation, params: Readonly<Record<string, unknown>>): unknown
  readonly log: Logger
}

/** The socket that a manager connects to. One connection counts; a new one replaces the old. */
export interface WorkerServer {
  readonly isConnected: boolean
  /** Rejects with WORKER_SOCKET_UNAVAILABLE while another host listens there. */
  listen(socketPath: string): Promise<void>
  send(event: WorkerEvent): void
  /** Console text goes through a backlog of 2 MiB, so that a manager that comes back misses nothing. */
  console(text: string): void
  close(): Promise<void>
}

/** Console output waits while this much is still unsent; everything else is small and is always sent. */
const congestedBytes = 4 * 1024 * 1024

export function createWorkerServer(options: WorkerServerOptions): WorkerServer {
  const { log } = options
  const backlog = createConsoleBacklog()
  let current: Socket | null = null
  const server = createServer((socket) => accept(socket))

  function accept(socket: Socket): void {
    if (current !== null) log.info('manager.replaced')
    drop()
    current = socket
    const reader = createJsonLineReader(maxLineBytes)
    socket.on('data', (bytes: Buffer) => {
      const { values, problem } = reader.push(bytes)
      for (const value of values) void answer(socket, value)
      if (problem !== null) disconnect(socket, `${problem} line`)
    })
    socket.on('drain', () => backlog.resume())
    socket.on('error', (error) => log.debug('manager.connection-error', { error: error.message }))
    socket.on('close', () => {
      if (current !== socket) return
      current = null
      backlog.detach()
      log.info('manager.disconnected')
    })
    log.info('manager.connected')
    for (const event of options.hello()) socket.write(encodeJsonLine(event))
    backlog.attach((message, done) => {
      socket.write(encodeJsonLine({ event: 'console', ...message }), (error) => {
        if (error === null || error === undefined) done()
      })
      return socket.writableLength < congestedBytes
    })
  }

  function drop(): void {
    const socket = current
    current = null
    backlog.detach()
    socket?.destroy()
  }

  function disconnect(socket: Socket, reason: string): void {
    log.warn('manager.malformed', { reason })
    socket.destroy()
  }

  async function answer(socket: Socket, value: unknown): Promise<void> {
    const decoded = decodeRequest(value)
    if (decoded.kind === 'malformed') return disconnect(socket, decoded.reason)
    let reply: WorkerAnswer
    if (decoded.kind === 'unknown') {
      reply = { id: decoded.id, status: 'rejected', msg: decoded.reason }
    } else {
      const { id, op, params } = decoded
      try {
        reply = { id, status: 'accepted', result: (await options.handle(op, params)) ?? null }
      } catch (error) {
        reply = failureReply(id, error)
      }
    }
    if (!socket.destroyed) socket.write(encodeReply(reply))
  }

  return {
    get isConnected() {
      return current !== null
    },
    async listen(socketPath) {
      await removeStaleSocket(socketPath)
      await listen(server, socketPath)
      chmodSync(socketPath, 0o600)
    },
    send(event) {
      current?.write(encodeJsonLine(event))
    },
    console(text) {
      const { dropped } = backlog
      backlog.push(text, Date.now() / 1000)
      if (backlog.dropped > dropped) log.warn('console.dropped')
    },
    async close() {
      const socket = current
      current = null
      backlog.detach()
      if (socket !== null) await new Promise<void>((resolve) => socket.end(() => resolve()))
      socket?.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function failureReply(id: number, error: unknown): WorkerAnswer {
  if (error instanceof WorkerHostError) {
    const status = error.code === 'WORKER_REJECTED' ? 'rejected' : 'error'
    return {
      id,
      status,
      msg: error.reason,
      ...(error.traceback === '' ? {} : { traceback: error.traceback }),
    }
  }
  const msg = error instanceof Error ? error.message : String(error)
  const traceback = error instanceof Error ? error.stack : undefined
  return { id, status: 'error', msg, ...(traceback === undefined ? {} : { traceback }) }
}

function encodeReply(reply: WorkerAnswer): string {
  try {
    return encodeJsonLine(reply)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return encodeJsonLine({
      id: reply.id,
      status: 'error',
      msg: `the answer can not be serialized as JSON: ${why}`,
    })
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

async function removeStaleSocket(path: string): Promise<void> {
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = createConnection({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
  if (isAlive) {
    throw new WorkerHostError({
      code: 'WORKER_SOCKET_UNAVAILABLE',
      message: `another worker host listens on ${path}`,
      fault: 'environment',
      remedy: 'Close or destroy the environment that is open before a new one is opened.',
    })
  }
  rmSync(path, { force: true })
}
