import { Subscriber } from 'zeromq'
import type { Codec } from './encoding.ts'
import { decodeObject, isObject } from './encoding.ts'
import { QueueClientError } from './error.ts'
import type { ConsoleMessage, PlanProgress, QueueStatus } from './wire.ts'

export interface SubscribeOptions {
  onConsole?(message: ConsoleMessage): void
  /** Called for each status message; `time` is when it was published, in Unix seconds. */
  onStatus?(status: QueueStatus, time: number): void
  onProgress?(progress: PlanProgress): void
  /** Called with the whole body of each information message, also of kinds that this version does not know. */
  onInfo?(msg: Readonly<Record<string, unknown>>, time: number): void
  /** 'live' with the first message, 'silent' after 3 s without any (a manager speaks at least once a second). */
  onState?(state: 'live' | 'silent'): void
  readonly signal: AbortSignal
}

const silentAfterMs = 3_000
const consoleTopic = 'QS_Console'
const infoTopic = 'QS_Info'

/** Reads the info socket until the signal aborts. Reconnects by itself; malformed messages are left out. */
export async function runSubscription(
  address: string,
  codec: Codec,
  options: SubscribeOptions,
): Promise<void> {
  if (options.signal.aborted) return
  const socket = openSubscriber(address, options)
  const onAbort = (): void => socket.close()
  options.signal.addEventListener('abort', onAbort, { once: true })
  const watch = watchSilence(options)
  try {
    for await (const frames of socket) {
      const [topic, body] = frames
      if (topic === undefined || body === undefined) continue
      watch.heard()
      deliver(topic.toString('latin1'), body, { codec, options })
    }
  } catch (cause) {
    // Closing the socket under a pending receive is how the loop ends.
    if (!options.signal.aborted) throw cause
  } finally {
    watch.stop()
    options.signal.removeEventListener('abort', onAbort)
    socket.close()
  }
}

function openSubscriber(address: string, options: SubscribeOptions): Subscriber {
  const socket = new Subscriber({
    linger: 0,
    reconnectInterval: 50,
    reconnectMaxInterval: 1_000,
    // A peer that vanished without closing (power, network) is noticed and reconnected.
    heartbeatInterval: 2_000,
    heartbeatTimeout: 6_000,
    receiveHighWaterMark: 100_000,
  })
  try {
    if (options.onConsole !== undefined) socket.subscribe(consoleTopic)
    if (options.onInfo !== undefined || options.onStatus !== undefined || options.onProgress !== undefined)
      socket.subscribe(infoTopic)
    socket.connect(address)
  } catch (cause) {
    socket.close()
    throw new QueueClientError({
      code: 'QUEUE_ADDRESS_INVALID',
      message: `cannot use the info address '${address}'`,
      fault: 'caller',
      remedy: 'Give an address such as tcp://127.0.0.1:60625 or ipc:///path.',
      cause,
    })
  }
  return socket
}

function deliver(
  topic: string,
  body: Uint8Array,
  to: { readonly codec: Codec; readonly options: SubscribeOptions },
): void {
  const message = decodeOrNull(to.codec, body)
  if (message === null || typeof message['time'] !== 'number') return
  const { time, msg } = message
  if (topic === consoleTopic) {
    if (typeof msg === 'string') to.options.onConsole?.({ time, msg })
    return
  }
  if (topic !== infoTopic || !isObject(msg)) return
  to.options.onInfo?.(msg, time)
  if (isStatus(msg['status'])) to.options.onStatus?.(msg['status'], time)
  if (isProgress(msg['progress'])) to.options.onProgress?.(msg['progress'])
}

function decodeOrNull(codec: Codec, body: Uint8Array): Record<string, unknown> | null {
  try {
    return decodeObject(codec, body)
  } catch (error) {
    if (error instanceof QueueClientError) return null
    throw error
  }
}

/** The uids make a status useful to a cache; an object without them is no status. */
function isStatus(value: unknown): value is QueueStatus {
  return (
    isObject(value) && typeof value['manager_state'] === 'string' && typeof value['status_uid'] === 'string'
  )
}

function isProgress(value: unknown): value is PlanProgress {
  return isObject(value) && typeof value['n'] === 'number' && Array.isArray(value['devices'])
}

function watchSilence(options: SubscribeOptions): { heard(): void; stop(): void } {
  if (options.onState === undefined) return { heard: () => undefined, stop: () => undefined }
  let state: 'live' | 'silent' | null = null
  let lastMs = performance.now()
  const change = (next: 'live' | 'silent'): void => {
    if (next === state) return
    state = next
    options.onState?.(next)
  }
  const timer = setInterval(() => {
    if (performance.now() - lastMs > silentAfterMs) change('silent')
  }, 500)
  return {
    heard: () => {
      lastMs = performance.now()
      change('live')
    },
    stop: () => {
      clearInterval(timer)
    },
  }
}
