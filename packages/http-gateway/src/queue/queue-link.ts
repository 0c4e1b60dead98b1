import { openQueueClient } from '@beamtime/queue-client'
import type {
  ClientKeys,
  ConsoleMessage,
  ManagerReply,
  PlanProgress,
  QueueEncoding,
  QueueStatus,
} from '@beamtime/queue-client'
import { GatewayError } from '../error.ts'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'

export interface QueueAddress {
  readonly name: string
  readonly control: string
  readonly info: string
  readonly encoding: QueueEncoding
  readonly publicKey?: string
  /** Key pair of the gateway, for a manager that admits listed clients only. */
  readonly clientKeys?: ClientKeys
}

export interface Reachability {
  readonly reachable: boolean
  /** Unix ms of the last change. */
  readonly since: number
  readonly lastSeen: number | null
}

/** One manager as the gateway sees it. Up without the manager; finds it again by itself. */
export interface QueueLink {
  readonly name: string
  /** The last status that was heard; null before the first. */
  readonly status: QueueStatus | null
  readonly reachability: Reachability
  readonly onStatus: Listeners<QueueStatus>['listen']
  readonly onReachability: Listeners<Reachability>['listen']
  readonly onConsole: Listeners<ConsoleMessage>['listen']
  readonly onProgress: Listeners<PlanProgress>['listen']
  readonly onInfo: Listeners<{
    readonly time: number
    readonly msg: Readonly<Record<string, unknown>>
  }>['listen']
  /** Calls a method; answers are handed over unchanged. Throws GATEWAY_MANAGER_TIMEOUT, GATEWAY_REQUEST_INVALID. */
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<ManagerReply>
  /**
   * As `call`, for methods that change nothing: callers that ask the same while a call is under way share the next one,
   * which starts after all of them asked. So nobody gets an answer older than the question.
   */
  read(method: string, params?: Readonly<Record<string, unknown>>): Promise<ManagerReply>
  close(): Promise<void>
}

const receiveTimeoutMs = 2_000
/** Enough for a manager that is there. */
const shortestMs = 200
const connections = 4
const pollMs = 1_000
const silentAfterMs = 3_000

export function openQueueLink(address: QueueAddress, now: () => number = Date.now): QueueLink {
  return new ZmqQueueLink(address, now)
}

interface SharedRead {
  current: Promise<ManagerReply>
  next: Promise<ManagerReply> | null
}

class ZmqQueueLink implements QueueLink {
  readonly name: string
  readonly #client
  readonly #now: () => number
  readonly #status = listeners<QueueStatus>()
  readonly #reachability = listeners<Reachability>()
  readonly #console = listeners<ConsoleMessage>()
  readonly #progress = listeners<PlanProgress>()
  readonly #info = listeners<{ time: number; msg: Readonly<Record<string, unknown>> }>()
  readonly #reads = new Map<string, SharedRead>()
  readonly #closing = new AbortController()
  readonly #listening: Promise<void>
  readonly #poll: NodeJS.Timeout
  #lastStatus: QueueStatus | null = null
  #reach: Reachability
  #streamLive = false

  constructor(address: QueueAddress, now: () => number) {
    this.name = address.name
    this.#now = now
    this.#reach = { reachable: false, since: now(), lastSeen: null }
    this.#client = openQueueClient({
      control: address.control,
      info: address.info,
      encoding: address.encoding,
      timeoutMs: receiveTimeoutMs,
      connections,
      ...(address.publicKey !== undefined && address.publicKey !== ''
        ? { serverPublicKey: address.publicKey }
        : {}),
      ...(address.clientKeys === undefined ? {} : { clientKeys: address.clientKeys }),
    })
    this.#listening = this.#client.subscribe({
      signal: this.#closing.signal,
      onStatus: (status) => this.#heard(status),
      onConsole: (message) => this.#console.emit(message),
      onProgress: (progress) => this.#progress.emit(progress),
      onInfo: (msg, time) => this.#info.emit({ msg, time }),
      onState: (state) => {
        this.#streamLive = state === 'live'
      },
    })
    // A manager that does not publish (the Python one by default) is asked instead.
    this.#poll = setInterval(() => this.#pollStatus(), pollMs)
    this.#pollStatus()
  }

  get status(): QueueStatus | null {
    return this.#lastStatus
  }
  get reachability(): Reachability {
    return this.#reach
  }
  readonly onStatus: QueueLink['onStatus'] = (callback) => this.#status.listen(callback)
  readonly onReachability: QueueLink['onReachability'] = (callback) => this.#reachability.listen(callback)
  readonly onConsole: QueueLink['onConsole'] = (callback) => this.#console.listen(callback)
  readonly onProgress: QueueLink['onProgress'] = (callback) => this.#progress.listen(callback)
  readonly onInfo: QueueLink['onInfo'] = (callback) => this.#info.listen(callback)

  call(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<ManagerReply> {
    return this.#call(method, params, receiveTimeoutMs)
  }

  async #call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): Promise<ManagerReply> {
    try {
      const reply = await this.#client.call(method, params, { timeoutMs })
      this.#seen()
      return reply
    } catch (error) {
      throw gatewayError(error)
    }
  }

  read(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<ManagerReply> {
    const key = `${method} ${JSON.stringify(params)}`
    const shared = this.#reads.get(key)
    const start = (timeoutMs: number): Promise<ManagerReply> => {
      const started: SharedRead = { current: this.#call(method, params, timeoutMs), next: null }
      this.#reads.set(key, started)
      const end = (): void => this.#endRead(key, started)
      void started.current.then(end, end)
      return started.current
    }
    if (shared === undefined) return start(receiveTimeoutMs)
    if (shared.next !== null) return shared.next
    const askedMs = performance.now()
    // Who waited for a call that failed waits no longer than for one of his own.
    const restart = (): Promise<ManagerReply> =>
      start(Math.max(shortestMs, receiveTimeoutMs - (performance.now() - askedMs)))
    shared.next = shared.current.then(() => start(receiveTimeoutMs), restart)
    return shared.next
  }

  async close(): Promise<void> {
    clearInterval(this.#poll)
    this.#closing.abort()
    await this.#client.close()
    await this.#listening
  }

  #endRead(key: string, ended: SharedRead): void {
    if (this.#reads.get(key) === ended) this.#reads.delete(key)
  }

  #pollStatus(): void {
    const { lastSeen, reachable } = this.#reach
    if (reachable && lastSeen !== null && this.#now() - lastSeen > silentAfterMs) this.#reached(false)
    if (this.#streamLive) return
    this.read('status').then(
      (reply) => {
        if (typeof reply['status_uid'] === 'string') this.#heard(reply as unknown as QueueStatus)
      },
      () => undefined, // Its absence shows as `reachable: false`, once, not as an error each second.
    )
  }

  #heard(status: QueueStatus): void {
    const changed = this.#lastStatus?.status_uid !== status.status_uid
    this.#lastStatus = status
    this.#seen()
    if (changed) this.#status.emit(status)
  }

  #seen(): void {
    this.#reach = { ...this.#reach, lastSeen: this.#now() }
    if (!this.#reach.reachable) this.#reached(true)
  }

  #reached(reachable: boolean): void {
    this.#reach = { reachable, since: this.#now(), lastSeen: this.#reach.lastSeen }
    this.#reachability.emit(this.#reach)
  }
}

function gatewayError(error: unknown): GatewayError {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'QUEUE_TIMEOUT' || code === 'QUEUE_CLOSED')
    return new GatewayError({
      code: 'GATEWAY_MANAGER_TIMEOUT',
      // Clients and a peer's tests look for exactly this text.
      message: 'Request timeout: ZMQ communication error: timeout occurred',
      fault: 'environment',
      remedy: 'Check that the queue manager runs.',
      canRetry: true,
      cause: error,
    })
  return new GatewayError({
    code: 'GATEWAY_REQUEST_INVALID',
    message: error instanceof Error ? error.message : String(error),
    fault: 'peer',
    remedy: "Check http.manager.encoding against the manager's.",
    cause: error,
  })
}
