import type { Socket } from 'node:net'
import type { Logger } from '@beamtime/service-kit'
import { WorkerHostError } from '../error.ts'
import { rejected } from '../host/rejected.ts'
import { createJsonLineReader, encodeJsonLine } from '../json-lines.ts'
import { decodeBridgeMessage, type BridgeMessage } from './bridge-messages.ts'

/** Lists of a beamline with thousands of devices are the longest line. */
const maxLineBytes = 256 * 1024 * 1024

export type BridgeEvent = Exclude<BridgeMessage, { kind: 'result' | 'failure' }>

/** Requests to the Python bridge and what it says unasked. */
export interface BridgeLink {
  /** Rejects with WORKER_REJECTED, WORKER_FAILED with Python's traceback, WORKER_CONNECTION_CLOSED. */
  request(op: string, params: Readonly<Record<string, unknown>>): Promise<unknown>
  /** Without an answer. */
  tell(op: string, params: Readonly<Record<string, unknown>>): void
  /** Resolves when everything that was sent has been heard and the connection is gone. */
  readonly closed: Promise<void>
  close(): void
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

export function createBridgeLink(options: {
  readonly socket: Socket
  readonly log: Logger
  onEvent(event: BridgeEvent): void
}): BridgeLink {
  const { socket, log } = options
  const reader = createJsonLineReader(maxLineBytes)
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let isClosed = false
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })

  function receive(message: BridgeMessage): void {
    if (message.kind !== 'result' && message.kind !== 'failure') return options.onEvent(message)
    const request = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.kind === 'result') request?.resolve(message.result)
    else request?.reject(failureOf(message))
  }

  socket.on('data', (bytes: Buffer) => {
    const { values, problem } = reader.push(bytes)
    try {
      for (const value of values) receive(decodeBridgeMessage(value))
      if (problem !== null) throw new Error(`${problem} line`)
    } catch (error) {
      log.error('python.malformed', { error: String(error) })
      socket.destroy()
    }
  })
  socket.on('error', (error) => log.debug('python.connection-error', { error: error.message }))
  socket.on('close', () => {
    isClosed = true
    for (const request of waiting.values()) request.reject(gone())
    waiting.clear()
  })

  return {
    closed,
    request(op, params) {
      if (isClosed) return Promise.reject(gone())
      lastId += 1
      const id = lastId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        socket.write(encodeJsonLine({ id, op, ...params }))
      })
    },
    tell(op, params) {
      if (!isClosed) socket.write(encodeJsonLine({ id: 0, op, ...params }))
    },
    close() {
      socket.destroy()
    },
  }
}

function failureOf(message: Extract<BridgeMessage, { kind: 'failure' }>): WorkerHostError {
  if (message.rejected) return rejected(message.msg)
  return new WorkerHostError({
    code: 'WORKER_FAILED',
    message: message.msg,
    fault: 'caller',
    remedy: 'Read the traceback and the console.',
    traceback: message.traceback,
  })
}

function gone(): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_CONNECTION_CLOSED',
    message: 'The Python process is gone.',
    fault: 'environment',
    remedy: 'Open the environment again.',
  })
}
