import { openControlSocket } from './control-socket.ts'
import type { ControlSocket } from './control-socket.ts'
import { codecOf, decodeObject } from './encoding.ts'
import type { Codec, QueueEncoding } from './encoding.ts'
import { QueueClientError } from './error.ts'
import { runSubscription } from './subscription.ts'
import type { SubscribeOptions } from './subscription.ts'
import type { ManagerReply } from './wire.ts'

/** 40 characters Z85 each. */
export interface ClientKeys {
  readonly publicKey: string
  readonly secretKey: string
}

export interface QueueClientOptions {
  /** Control address of the manager, e.g. `tcp://127.0.0.1:60615` or `ipc:///path`. */
  readonly control: string
  /** Info address, needed by `subscribe` only, e.g. `tcp://127.0.0.1:60625`. */
  readonly info?: string
  /** Encoding of the manager. Default `json`. */
  readonly encoding?: QueueEncoding
  /** Public key of the manager, 40 characters Z85. Absent: no encryption. */
  readonly serverPublicKey?: string
  /** Key pair of this client, each 40 characters Z85, for managers that admit listed clients only. Default: a fresh pair. */
  readonly clientKeys?: ClientKeys
  /** How long a call waits for its answer, waiting for a free connection included. Default 2 000 ms. */
  readonly timeoutMs?: number
  /** Control sockets, each with one request in flight. Default 1: calls go out in the order in which they were made. */
  readonly connections?: number
}

export interface CallOptions {
  /** Overrides the client's time limit for this call. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface QueueClient {
  /**
   * Calls one method and returns the manager's answer unchanged, also when `success` is false.
   * Rejects with QUEUE_TIMEOUT (no answer in time), QUEUE_ABORTED, QUEUE_CLOSED, QUEUE_REPLY_MALFORMED, QUEUE_REQUEST_INVALID.
   */
  call(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<ManagerReply>
  /** Listens to console and status until the signal aborts; survives any number of manager restarts. */
  subscribe(options: SubscribeOptions): Promise<void>
  /** Ends pending calls and subscriptions. May be called twice. */
  close(): Promise<void>
}

interface PendingCall {
  readonly body: Uint8Array
  readonly deadlineMs: number
  readonly method: string
  readonly resolve: (reply: ManagerReply) => void
  readonly reject: (error: QueueClientError) => void
  settled: boolean
}

/** Opens a client. Nothing is sent before the first call; the manager need not be there. */
export function openQueueClient(options: QueueClientOptions): QueueClient {
  return new ZmqQueueClient(options)
}

const z85Key = /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/

class ZmqQueueClient implements QueueClient {
  readonly #options: QueueClientOptions
  readonly #timeoutMs: number
  readonly #waiting: PendingCall[] = []
  readonly #pending = new Set<PendingCall>()
  readonly #sockets = new Set<ControlSocket>()
  readonly #idle: ControlSocket[] = []
  readonly #closing = new AbortController()
  readonly #subscriptions = new Set<Promise<void>>()
  #codec: Codec | null = null
  #busy = 0

  constructor(options: QueueClientOptions) {
    const { serverPublicKey, clientKeys } = options
    const keys = [serverPublicKey, clientKeys?.publicKey, clientKeys?.secretKey]
    if (keys.some((key) => key !== undefined && !z85Key.test(key)))
      throw new QueueClientError({
        code: 'QUEUE_KEY_INVALID',
        message: 'the key must be a 40 byte z85 encoded string',
        fault: 'caller',
        remedy: "Give the manager's public key as 40 characters of Z85, or none.",
      })
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? 2_000
  }

  async call(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<ManagerReply> {
    this.#codec ??= await codecOf(this.#options.encoding ?? 'json')
    const body = encodeRequest(this.#codec, method, params)
    if (this.#closing.signal.aborted) throw closedError()
    if (options.signal?.aborted === true) throw abortedError(method)
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs
    return await new Promise((resolve, reject) => {
      const pending = this.#settleOnce(
        { body, method, deadlineMs: performance.now() + timeoutMs, resolve, reject },
        { timeoutMs, signal: options.signal },
      )
      this.#waiting.push(pending)
      this.#next()
    })
  }

  async subscribe(options: SubscribeOptions): Promise<void> {
    if (this.#options.info === undefined)
      throw new QueueClientError({
        code: 'QUEUE_ADDRESS_INVALID',
        message: 'no info address was given',
        fault: 'caller',
        remedy: "Give the option 'info', e.g. tcp://127.0.0.1:60625.",
      })
    const codec = (this.#codec ??= await codecOf(this.#options.encoding ?? 'json'))
    const signal = AbortSignal.any([options.signal, this.#closing.signal])
    const running = runSubscription(this.#options.info, codec, { ...options, signal })
    this.#subscriptions.add(running)
    try {
      await running
    } finally {
      this.#subscriptions.delete(running)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const pending of this.#pending) pending.reject(closedError())
    for (const socket of this.#sockets) socket.close()
    this.#sockets.clear()
    this.#idle.length = 0
    this.#waiting.length = 0
    await Promise.allSettled(this.#subscriptions)
  }

  /** A call settles once: by its answer, its deadline, its caller's signal or the end of the client. */
  #settleOnce(
    call: Omit<PendingCall, 'settled'>,
    limits: { timeoutMs: number; signal: AbortSignal | undefined },
  ): PendingCall {
    const timer = setTimeout(
      () => pending.reject(timeoutError(call.method, limits.timeoutMs)),
      limits.timeoutMs,
    )
    const onAbort = (): void => pending.reject(abortedError(call.method))
    const settle = (done: () => void): void => {
      if (pending.settled) return
      pending.settled = true
      clearTimeout(timer)
      limits.signal?.removeEventListener('abort', onAbort)
      this.#pending.delete(pending)
      done()
    }
    const pending: PendingCall = {
      ...call,
      settled: false,
      resolve: (reply) => settle(() => call.resolve(reply)),
      reject: (error) => settle(() => call.reject(error)),
    }
    limits.signal?.addEventListener('abort', onAbort, { once: true })
    this.#pending.add(pending)
    return pending
  }

  #next(): void {
    while (this.#busy < (this.#options.connections ?? 1)) {
      const pending = this.#waiting.shift()
      if (pending === undefined) return
      if (pending.settled) continue
      this.#busy += 1
      void this.#exchange(pending).finally(() => {
        this.#busy -= 1
        this.#next()
      })
    }
  }

  async #exchange(pending: PendingCall): Promise<void> {
    let socket: ControlSocket | null = null
    try {
      socket = this.#idle.pop() ?? this.#openSocket()
      const leftMs = Math.max(1, Math.ceil(pending.deadlineMs - performance.now()))
      const reply = await socket.exchange(pending.body, leftMs)
      // Kept even when the caller gave up: a socket that has its answer is in a clean state.
      if (!this.#closing.signal.aborted) this.#idle.push(socket)
      socket = null
      pending.resolve(decodeObject(this.#codec ?? (await codecOf('json')), reply))
    } catch (error) {
      // A REQ socket that misses an answer cannot send again, and a late answer must not reach another caller.
      if (socket !== null) {
        socket.close()
        this.#sockets.delete(socket)
      }
      pending.reject(
        error instanceof QueueClientError ? error : timeoutError(pending.method, this.#timeoutMs, error),
      )
    }
  }

  #curve(): Parameters<typeof openControlSocket>[1] {
    const { serverPublicKey, clientKeys } = this.#options
    return serverPublicKey === undefined ? null : { serverPublicKey, clientKeys }
  }

  #openSocket(): ControlSocket {
    const socket = openControlSocket(this.#options.control, this.#curve())
    this.#sockets.add(socket)
    return socket
  }
}

function encodeRequest(codec: Codec, method: string, params: Readonly<Record<string, unknown>>): Uint8Array {
  try {
    return codec.encode({ method, params })
  } catch (cause) {
    throw new QueueClientError({
      code: 'QUEUE_REQUEST_INVALID',
      message: `the parameters of '${method}' cannot be encoded`,
      fault: 'caller',
      remedy: 'Use values that JSON can carry, without cycles and without bigint.',
      cause,
    })
  }
}

function timeoutError(method: string, timeoutMs: number, cause?: unknown): QueueClientError {
  return new QueueClientError({
    code: 'QUEUE_TIMEOUT',
    message: `the manager did not answer '${method}' within ${timeoutMs} ms`,
    fault: 'environment',
    remedy: 'Check that the queue manager runs and that the control address is its own.',
    canRetry: true,
    cause,
  })
}

function abortedError(method: string): QueueClientError {
  return new QueueClientError({
    code: 'QUEUE_ABORTED',
    message: `the call '${method}' was cancelled`,
    fault: 'caller',
    remedy: 'None needed: the caller cancelled. The manager may still have acted.',
  })
}

function closedError(): QueueClientError {
  return new QueueClientError({
    code: 'QUEUE_CLOSED',
    message: 'the client is closed',
    fault: 'caller',
    remedy: 'Open a new client.',
  })
}
