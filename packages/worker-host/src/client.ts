/** Second entry `@beamtime/worker-host/client`: the manager's end of the socket. Loads no engine. */
import { createConnection, type Socket } from 'node:net'
import { WorkerHostError } from './error.ts'
import { createJsonLineReader, encodeJsonLine } from './json-lines.ts'
import { maxLineBytes } from './protocol.ts'
import type { OperationParams, OperationResult, WorkerEvent, WorkerOperation } from './protocol.ts'

export { WorkerHostError } from './error.ts'
export type { WorkerHostErrorCode } from './error.ts'
export { protocolVersion } from './protocol.ts'
export type * from './protocol.ts'
export { describePython } from './python-engine/describe-python.ts'
export type { PythonDescription } from './python-engine/describe-python.ts'
export { parseWorkerSpec } from './worker-spec.ts'
export type { WorkerSpec, WorkerStartup } from './worker-spec.ts'

export interface ConnectWorkerOptions {
  /** Called for each event in order, `hello` first. */
  onEvent(event: WorkerEvent): void
  /** Called once when the connection is gone, whoever closed it. */
  onClose(reason: string): void
  signal?: AbortSignal
}

export interface WorkerConnection {
  /** Resolves with the operation's result. Rejects with WORKER_REJECTED (refused, `reason` is the worker's text),
   * WORKER_FAILED (with `traceback`), WORKER_REQUEST_TIMEOUT (default 10 000 ms, 0 waits for ever; the connection
   * stays) or WORKER_CONNECTION_CLOSED. */
  request<Op extends WorkerOperation>(
    op: Op,
    params: OperationParams<Op>,
    options?: { readonly timeoutMs?: number },
  ): Promise<OperationResult<Op>>
  close(): void
}

interface Pending {
  resolve(value: unknown): void
  reject(error: WorkerHostError): void
  timer: NodeJS.Timeout | null
}

/** Connects to a worker host. Rejects with WORKER_SOCKET_UNAVAILABLE (canRetry) when nobody listens. */
export async function connectWorker(
  socketPath: string,
  options: ConnectWorkerOptions,
): Promise<WorkerConnection> {
  const socket = await openSocket(socketPath, options.signal)
  const reader = createJsonLineReader(maxLineBytes)
  const pending = new Map<number, Pending>()
  let nextId = 1
  let closed = false

  function finish(reason: string): void {
    if (closed) return
    closed = true
    socket.destroy()
    for (const entry of pending.values()) {
      if (entry.timer !== null) clearTimeout(entry.timer)
      entry.reject(connectionClosed(reason))
    }
    pending.clear()
    options.onClose(reason)
  }

  socket.on('data', (bytes: Buffer) => {
    const { values, problem } = reader.push(bytes)
    for (const value of values) {
      if (closed) return
      if (!isRecord(value)) return finish('the worker sent a line that is not an object')
      if (typeof value['event'] === 'string') options.onEvent(value as unknown as WorkerEvent)
      else settle(pending, value)
    }
    if (problem !== null) finish(`the worker sent a ${problem} line`)
  })
  socket.on('error', (error) => finish(error.message))
  socket.on('close', () => finish('closed by the worker'))
  options.signal?.addEventListener('abort', () => finish('aborted'), { once: true })

  return {
    request(op, params, requestOptions) {
      if (closed) return Promise.reject(connectionClosed('already closed'))
      const id = nextId++
      const timeoutMs = requestOptions?.timeoutMs ?? 10_000
      return new Promise((resolve, reject) => {
        const timer =
          timeoutMs === 0
            ? null
            : setTimeout(() => {
                pending.delete(id)
                reject(requestTimeout(op, timeoutMs))
              }, timeoutMs)
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer })
        socket.write(encodeJsonLine({ ...params, id, op }))
      })
    },
    close() {
      finish('closed by the manager')
    },
  }
}

function openSocket(socketPath: string, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: socketPath, ...(signal ? { signal } : {}) })
    socket.once('connect', () => {
      socket.removeListener('error', fail)
      resolve(socket)
    })
    socket.once('error', fail)
    function fail(cause: Error): void {
      reject(
        new WorkerHostError({
          code: 'WORKER_SOCKET_UNAVAILABLE',
          message: `no worker host listens on ${socketPath} (${cause.message})`,
          fault: 'environment',
          remedy: 'Open the environment; a host that is starting listens within a second.',
          canRetry: true,
          cause,
        }),
      )
    }
  })
}

function settle(pending: Map<number, Pending>, answer: Record<string, unknown>): void {
  const id = answer['id']
  if (typeof id !== 'number') return
  const entry = pending.get(id)
  if (entry === undefined) return // its caller gave up waiting
  pending.delete(id)
  if (entry.timer !== null) clearTimeout(entry.timer)
  if (answer['status'] === 'accepted') {
    entry.resolve(answer['result'])
    return
  }
  const rejected = answer['status'] === 'rejected'
  entry.reject(
    new WorkerHostError({
      code: rejected ? 'WORKER_REJECTED' : 'WORKER_FAILED',
      message: typeof answer['msg'] === 'string' ? answer['msg'] : 'the worker gave no reason',
      fault: rejected ? 'caller' : 'peer',
      remedy: rejected ? 'Change the request as the message says.' : 'Read the traceback and the console.',
      traceback: typeof answer['traceback'] === 'string' ? answer['traceback'] : '',
    }),
  )
}

function connectionClosed(reason: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_CONNECTION_CLOSED',
    message: `the connection to the worker host is closed: ${reason}`,
    fault: 'environment',
    remedy: 'Connect again; if nobody listens the worker process is gone.',
    canRetry: true,
  })
}

function requestTimeout(op: string, timeoutMs: number): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_REQUEST_TIMEOUT',
    message: `the worker did not answer ${op} within ${timeoutMs} ms`,
    fault: 'peer',
    remedy:
      'User code may hold the thread; the request may still take effect. Ask for the state and try again.',
    canRetry: true,
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
