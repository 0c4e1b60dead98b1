import { decodeFrame, FrameError, type ArraysFrame } from './frame-codec.ts'
import { isPlainObject, mergePatch } from './merge-patch.ts'
import type { SocketLike, Transport } from './transport.ts'
import { textOf } from '../text/text-of.ts'

export type ConnectionState = 'connecting' | 'open' | 'lost'

/** What a subscription receives. `snapshot` is the whole state after each snap or delta. */
export interface ChannelHandlers {
  snapshot?(data: unknown): void
  event?(data: unknown): void
  frame?(frame: ArraysFrame): void
  /** Messages were left out; a fresh snapshot follows. */
  gap?(): void
  ended?(): void
  error?(error: { readonly code: string; readonly text: string }): void
}

export interface Subscription {
  set(args: Readonly<Record<string, unknown>>): void
  close(): void
}

export interface Hello {
  readonly boot: string
  readonly build: string
}

export interface SocketClientOptions {
  readonly transport: Transport
  readonly path: string
  onState(state: ConnectionState, sinceMs: number): void
  /** Server time minus local time, in milliseconds, from each heartbeat. */
  onClockOffset(offsetMs: number): void
  onHello(hello: Hello): void
  /** The handshake was refused; log in again. */
  onRefused(): void
  readonly now?: () => number
  readonly random?: () => number
  readonly setTimer?: (callback: () => void, delayMs: number) => unknown
  readonly clearTimer?: (timer: unknown) => void
}

export interface SocketClient {
  subscribe(channel: string, args: Readonly<Record<string, unknown>>, handlers: ChannelHandlers): Subscription
  /** Gives up waiting and tries at once (Retry button, page visible again). */
  reconnectNow(): void
  close(): void
}

interface Channel {
  readonly id: number
  readonly channel: string
  args: Readonly<Record<string, unknown>>
  readonly handlers: ChannelHandlers
  seq: number
  data: unknown
}

/** Without any frame for this long the connection counts as lost. */
const silenceMs = 3_000
const delaysMs = [500, 1_000, 2_000, 4_000, 5_000]

/** Delay before attempt `attempt` (from 0): 0.5, 1, 2, 4, then 5 s, each with ±20 % jitter. */
export function reconnectDelay(attempt: number, random: number): number {
  const base = delaysMs[Math.min(attempt, delaysMs.length - 1)] ?? 5_000
  return base * (0.8 + 0.4 * random)
}

/** One multiplexed socket for the whole page. Subscriptions survive reconnects and are repeated with `since`. */
export function openSocketClient(options: SocketClientOptions): SocketClient {
  const now = options.now ?? (() => Date.now())
  const random = options.random ?? Math.random
  const setTimer = options.setTimer ?? ((callback, delayMs) => setTimeout(callback, delayMs))
  const clearTimer = options.clearTimer ?? ((timer) => clearTimeout(timer as ReturnType<typeof setTimeout>))

  const channels = new Map<number, Channel>()
  let nextId = 1
  let socket: SocketLike | undefined
  let isReady = false
  let isClosed = false
  let attempt = 0
  let lastFrameMs = now()
  let retryTimer: unknown
  let watchTimer: unknown

  const send = (message: unknown): void => {
    if (isReady) socket?.send(JSON.stringify(message))
  }
  const sendSubscription = (channel: Channel): void => {
    const since = channel.seq > 0 ? { since: channel.seq } : {}
    send({ op: 'sub', id: channel.id, ch: channel.channel, args: channel.args, ...since })
  }

  function connect(): void {
    if (isClosed) return
    clearTimer(retryTimer)
    const opened = options.transport.openSocket(options.path)
    let wasOpen = false
    socket = opened
    lastFrameMs = now()
    opened.onopen = () => {
      wasOpen = true
      lastFrameMs = now()
    }
    opened.onmessage = (data) => {
      if (socket !== opened) return
      lastFrameMs = now()
      if (typeof data === 'string') onText(data)
      else onBinary(data)
    }
    opened.onclose = (code) => {
      if (socket !== opened) return
      if (code === 4401 || code === 4403) options.onRefused()
      else if (!wasOpen && attempt === 0) options.onRefused()
      lose()
    }
    watch()
  }

  function watch(): void {
    clearTimer(watchTimer)
    watchTimer = setTimer(() => {
      if (isClosed) return
      if (now() - lastFrameMs >= silenceMs) {
        const silent = socket
        socket = undefined
        silent?.close()
        lose()
      } else watch()
    }, 500)
  }

  function lose(): void {
    if (isClosed) return
    isReady = false
    socket = undefined
    clearTimer(watchTimer)
    options.onState('lost', lastFrameMs)
    clearTimer(retryTimer)
    retryTimer = setTimer(connect, reconnectDelay(attempt, random()))
    attempt += 1
  }

  function onText(text: string): void {
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return
    }
    if (!isPlainObject(message)) return
    switch (message['k']) {
      case 'hello':
        isReady = true
        attempt = 0
        options.onHello({ boot: textOf(message['boot']), build: textOf(message['build']) })
        options.onState('open', now())
        clockOffset(message['time'])
        for (const channel of channels.values()) sendSubscription(channel)
        return
      case 'hb':
        clockOffset(message['t'])
        return
      default:
        onChannelMessage(message)
    }
  }

  function clockOffset(serverMs: unknown): void {
    if (typeof serverMs === 'number') options.onClockOffset(serverMs - now())
  }

  function onChannelMessage(message: Record<string, unknown>): void {
    const channel = channels.get(Number(message['id']))
    if (channel === undefined) return
    if (typeof message['seq'] === 'number') channel.seq = message['seq']
    deliver(channel, message)
  }

  function deliver(channel: Channel, message: Record<string, unknown>): void {
    const { handlers } = channel
    switch (message['k']) {
      case 'snap':
        channel.data = message['d']
        return handlers.snapshot?.(channel.data)
      case 'delta':
        channel.data = mergePatch(channel.data, message['d'])
        return handlers.snapshot?.(channel.data)
      case 'event':
        return handlers.event?.(message['d'])
      case 'gap':
        channel.seq = 0
        sendSubscription(channel)
        return handlers.gap?.()
      case 'end':
        return handlers.ended?.()
      case 'err': {
        const d = isPlainObject(message['d']) ? message['d'] : message
        return handlers.error?.({ code: textOf(d['code']), text: textOf(d['text']) })
      }
    }
  }

  function onBinary(buffer: ArrayBuffer): void {
    try {
      const frame = decodeFrame(buffer)
      const channel = channels.get(frame.subscription)
      if (channel === undefined || frame.kind !== 'arrays') return
      channel.seq = frame.seq
      channel.handlers.frame?.(frame)
    } catch (error) {
      // A damaged frame must not take the page down: ask every channel for a fresh state instead.
      if (!(error instanceof FrameError)) throw error
      for (const channel of channels.values()) {
        channel.seq = 0
        sendSubscription(channel)
      }
    }
  }

  connect()
  return {
    subscribe(channel, args, handlers) {
      const entry: Channel = { id: nextId, channel, args, handlers, seq: 0, data: undefined }
      nextId += 1
      channels.set(entry.id, entry)
      sendSubscription(entry)
      return {
        set(changed) {
          entry.args = changed
          send({ op: 'set', id: entry.id, args: changed })
        },
        close() {
          if (channels.delete(entry.id)) send({ op: 'unsub', id: entry.id })
        },
      }
    },
    reconnectNow() {
      if (!isReady && !isClosed && socket === undefined) {
        attempt = 0
        connect()
      }
    },
    close() {
      isClosed = true
      clearTimer(retryTimer)
      clearTimer(watchTimer)
      socket?.close()
      socket = undefined
    },
  }
}
