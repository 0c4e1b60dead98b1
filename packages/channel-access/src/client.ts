import { hostname, userInfo } from 'node:os'
import type { DiagnosticEvent } from './core/circuit-actions.ts'
import type { ChannelInfo, ReadShape } from './core/client-actions.ts'
import type { CaReading } from './dbr/dbr-reading.ts'
import type { CaPutValue } from './dbr/put-value.ts'
import { CaError } from './error.ts'
import { eventMask } from './messages/event-add.ts'
import { resolveOptions, type CaOptions } from './options.ts'
import type {
  CaChannel,
  ChannelEvents,
  GetOptions,
  Monitor,
  MonitorOptions,
  PutOptions,
} from './shell/channel.ts'
import { createCoreRunner, type CallerAction } from './shell/core-runner.ts'
import { createUpdateBuffer, type UpdateBuffer } from './shell/update-buffer.ts'

const nameMaxBytes = 500
const priorityMax = 99

export interface CaStatistics {
  readonly channels: number
  readonly connected: number
  readonly searching: number
  readonly circuits: number
  /** How often each diagnostic event happened. */
  readonly events: Readonly<Record<DiagnosticEvent, number>>
}

/** A client of its own: sockets, search, circuits. Several can live in one process. */
export interface CaContext {
  /** A channel that connects as soon as a server has the name. Each call opens another. Throws CA_NAME_INVALID. */
  channel(name: string, options?: { readonly priority?: number }): CaChannel
  statistics(): CaStatistics
  /** Closes every channel, circuit and socket. May be called twice. */
  close(): Promise<void>
}

interface Call {
  settle(result: CaReading | CaError | null, circuit: number | null): void
}

interface OpenChannel {
  info: ChannelInfo | null
  readonly waiters: Set<{ resolve(info: ChannelInfo): void; reject(error: CaError): void }>
  readonly listeners: { [E in keyof ChannelEvents]: Set<(value: ChannelEvents[E]) => void> }
  readonly monitors: Set<Monitor>
}

function aborted(signal: AbortSignal): CaError {
  return new CaError('CA_ABORTED', 'the call was aborted', { cause: signal.reason })
}

function checkName(name: string): void {
  const bytes = new TextEncoder().encode(name).length
  if (bytes < 1 || bytes > nameMaxBytes || name.includes('\0'))
    throw new CaError('CA_NAME_INVALID', `a name of ${bytes} bytes: "${name.slice(0, 60)}"`)
}

function shapeOf(options: GetOptions): ReadShape {
  return { type: options.type, form: options.form ?? 'time', count: options.count }
}

/** Opens a client. Throws CA_OPTION_INVALID. Sockets open in the background. */
export function createCaContext(options: CaOptions = {}): CaContext {
  const resolved = resolveOptions(options, { userName: userInfo().username, hostName: hostname() })
  const channels = new Map<number, OpenChannel>()
  const calls = new Map<number, Call>()
  const opened = new Set<CaChannel>()
  const buffers = new Map<number, UpdateBuffer>()
  const runner = createCoreRunner(resolved, onAction)
  const { core } = runner
  let closed = false

  function emit<E extends keyof ChannelEvents>(
    channel: OpenChannel,
    event: E,
    value: ChannelEvents[E],
  ): void {
    for (const listener of channel.listeners[event]) listener(value)
  }

  function settle(request: number, result: CaReading | CaError | null, circuit: number | null): void {
    const call = calls.get(request)
    calls.delete(request)
    call?.settle(result, circuit)
  }

  function onConnection(cid: number, info: ChannelInfo | null): void {
    const channel = channels.get(cid)
    if (channel === undefined) return
    channel.info = info
    if (info !== null) {
      for (const waiter of channel.waiters) waiter.resolve(info)
      channel.waiters.clear()
    }
    emit(channel, 'connection', info)
  }

  function onAccess(cid: number, info: ChannelInfo): void {
    const channel = channels.get(cid)
    if (channel === undefined) return
    channel.info = info
    emit(channel, 'access', info)
  }

  function onUpdate(action: Extract<CallerAction, { kind: 'update' }>): void {
    const buffer = buffers.get(action.subscription)
    if (action.outcome instanceof CaError) {
      // Access may come back and updates with it; anything else is final.
      if (action.outcome.code !== 'CA_NO_READ_ACCESS') buffer?.end(action.outcome)
      return
    }
    buffer?.push({ reading: action.outcome, reconnected: action.reconnected, bytes: action.bytes })
  }

  function onAction(action: CallerAction): void {
    switch (action.kind) {
      case 'connected':
        onConnection(action.cid, action.info)
        return
      case 'disconnected':
        onConnection(action.cid, null)
        return
      case 'access':
        onAccess(action.cid, action.info)
        return
      case 'read-done':
        settle(action.request, action.outcome, null)
        return
      case 'write-done':
        settle(action.request, action.error, action.circuit)
        return
      case 'update':
        onUpdate(action)
    }
  }

  /** Registers a call under a request id, to be settled by the core or the signal. */
  function call<T>(
    cid: number,
    signal: AbortSignal | undefined,
    work: {
      start(request: number): void
      finish(result: CaReading | null, circuit: number | null): T | Promise<T>
    },
  ): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(aborted(signal))
    return new Promise<T>((resolve, reject) => {
      const request = core.takeRequestId()
      const onAbort = (): void => {
        calls.delete(request)
        runner.run({ kind: 'cancel', cid, request })
        if (signal !== undefined) reject(aborted(signal))
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      calls.set(request, {
        settle(result, circuit) {
          signal?.removeEventListener('abort', onAbort)
          if (result instanceof CaError) reject(result)
          else resolve(work.finish(result, circuit))
        },
      })
      work.start(request)
    })
  }

  function openMonitor(cid: number, channel: OpenChannel, given: MonitorOptions): Monitor {
    const subscription = core.takeRequestId()
    const { signal } = given
    const buffer = createUpdateBuffer({
      maxUpdates: given.maxUpdates ?? 1_000,
      maxBytes: given.maxBytes ?? 16_777_216,
    })
    const stop = (): void => {
      signal?.removeEventListener('abort', stop)
      if (!channel.monitors.delete(monitor)) return
      buffers.delete(subscription)
      runner.run({ kind: 'unsubscribe', cid, subscription })
      buffer.end()
    }
    const monitor: Monitor = {
      get dropped() {
        return buffer.dropped
      },
      close: stop,
      next: () => buffer.next(),
      return: () => {
        stop()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]: () => monitor,
    }
    channel.monitors.add(monitor)
    buffers.set(subscription, buffer)
    if (signal?.aborted === true) stop()
    else {
      signal?.addEventListener('abort', stop, { once: true })
      const mask = given.mask ?? eventMask.value | eventMask.alarm
      runner.run({ kind: 'subscribe', cid, subscription, shape: shapeOf(given), mask })
    }
    return monitor
  }

  function waitConnected(channel: OpenChannel, signal: AbortSignal | undefined): Promise<ChannelInfo> {
    if (signal?.aborted === true) return Promise.reject(aborted(signal))
    if (channel.info !== null) return Promise.resolve(channel.info)
    return new Promise((resolve, reject) => {
      const settleWith =
        <V>(done: (value: V) => void) =>
        (value: V): void => {
          channel.waiters.delete(waiter)
          signal?.removeEventListener('abort', onAbort)
          done(value)
        }
      const waiter = { resolve: settleWith(resolve), reject: settleWith(reject) }
      const onAbort = (): void => {
        if (signal !== undefined) waiter.reject(aborted(signal))
      }
      channel.waiters.add(waiter)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** PROPERTY updates run as long as somebody listens. */
  async function watchProperties(channel: OpenChannel, monitor: Monitor): Promise<void> {
    try {
      for await (const { reading } of monitor)
        if (reading.meta !== null) emit(channel, 'property', reading.meta)
    } catch (error) {
      // The server refuses CTRL or the channel was closed: there are no properties to tell.
      if (!(error instanceof CaError)) throw error
    }
  }

  function openChannel(name: string, priority: number): CaChannel {
    const cid = core.takeChannelId()
    const channel: OpenChannel = {
      info: null,
      waiters: new Set(),
      listeners: { connection: new Set(), access: new Set(), property: new Set() },
      monitors: new Set(),
    }
    let properties: Monitor | undefined
    channels.set(cid, channel)
    runner.run({ kind: 'open-channel', cid, name, priority })

    const refuseClosed = (): CaError | null =>
      channels.get(cid) === channel ? null : new CaError('CA_CLOSED', `the channel of ${name} is closed`)

    function put(value: CaPutValue, given: PutOptions, notify: boolean): Promise<void> {
      const refusal = refuseClosed()
      if (refusal !== null) return Promise.reject(refusal)
      return call<void>(cid, given.signal, {
        start: (request) => runner.run({ kind: 'write', cid, request, value, type: given.type, notify }),
        finish: (_result, circuit) => (circuit === null ? undefined : runner.flushed(circuit)),
      })
    }

    function close(): void {
      if (!channels.delete(cid)) return
      opened.delete(self)
      const error = new CaError('CA_CLOSED', `the channel of ${name} was closed`)
      for (const monitor of channel.monitors) monitor.close()
      runner.run({ kind: 'close-channel', cid })
      for (const waiter of channel.waiters) waiter.reject(error)
      const wasConnected = channel.info !== null
      channel.info = null
      if (wasConnected) emit(channel, 'connection', null)
    }

    const self: CaChannel = {
      name,
      get info() {
        return channel.info
      },
      connected(signal) {
        const refusal = refuseClosed()
        return refusal === null ? waitConnected(channel, signal) : Promise.reject(refusal)
      },
      get(given = {}) {
        const refusal = refuseClosed()
        if (refusal !== null) return Promise.reject(refusal)
        return call<CaReading>(cid, given.signal, {
          start: (request) => runner.run({ kind: 'read', cid, request, shape: shapeOf(given) }),
          finish: (result) =>
            result ?? Promise.reject(new CaError('CA_PEER_MALFORMED', `no value of ${name} in the reply`)),
        })
      },
      put: (value, given = {}) => put(value, given, false),
      putCallback: (value, given = {}) => put(value, given, true),
      monitor(given = {}) {
        const refusal = refuseClosed()
        if (refusal !== null) throw refusal
        return openMonitor(cid, channel, given)
      },
      on(event, listener) {
        channel.listeners[event].add(listener)
        if (event === 'property' && properties === undefined && refuseClosed() === null) {
          properties = openMonitor(cid, channel, { form: 'ctrl', count: 1, mask: eventMask.property })
          void watchProperties(channel, properties)
        }
        return () => {
          channel.listeners[event].delete(listener)
          if (event !== 'property' || channel.listeners.property.size > 0) return
          properties?.close()
          properties = undefined
        }
      },
      close,
    }
    opened.add(self)
    return self
  }

  return {
    channel(name, { priority = 0 } = {}) {
      checkName(name)
      if (closed) throw new CaError('CA_CLOSED', 'the context is closed')
      if (!Number.isInteger(priority) || priority < 0 || priority > priorityMax)
        throw new CaError('CA_OPTION_INVALID', `priority ${priority} is not in 0..99`)
      return openChannel(name, priority)
    },
    statistics: () => ({ ...core.counts(), events: { ...runner.events } }),
    async close() {
      if (closed) return runner.close()
      closed = true
      for (const channel of opened) channel.close()
      await runner.close()
    },
  }
}
