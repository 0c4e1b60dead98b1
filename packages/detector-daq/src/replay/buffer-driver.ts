import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocketServer, type WebSocket } from 'ws'
import { Push, Request, Subscriber } from 'zeromq'
import { arrayHeader } from '../core/array-header.ts'
import { decodeImageMetadata } from '../core/image-metadata.ts'
import { decodeNextImageResponse, encodeNextImageRequest } from '../core/replay-messages.ts'
import type { ListenAddress } from '../service/daq-settings.ts'
import { SlotReader } from './attached-stream.ts'
import type { ImageStream } from './stream-place.ts'

export type ReplayState = 'idle' | 'replaying' | 'finishing' | 'finished' | 'stop' | 'error'

interface Order {
  readonly startId: number
  /** Undefined: to the last stored image. */
  readonly endId: number | undefined
  readonly betweenMs: number
}

const statusMs = 100
const answerMs = 5_000

/** Reads `{"command":"start","start_image_id":N,"end_image_id":M?,"delay":ms?,"rate_hz":hz?}`; a text is why it is none. */
export function readReplayCommand(
  text: string,
): { readonly kind: 'stop' } | { readonly kind: 'start'; readonly order: Order } | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return `Invalid command! ${error instanceof Error ? error.message : ''}`
  }
  const table = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Readonly<
    Record<string, unknown>
  >
  if (table['command'] === 'stop') return { kind: 'stop' }
  const order = table['command'] === 'start' ? orderOf(table) : undefined
  return order === undefined
    ? `Invalid command! expected: start with start_image_id, received: ${text.slice(0, 200)}`
    : { kind: 'start', order }
}

function orderOf(table: Readonly<Record<string, unknown>>): Order | undefined {
  const { start_image_id: startId, end_image_id: endId, delay: delayMs = 0, rate_hz: rateHz } = table
  const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
  const isBelow = (value: unknown, least: number): value is number =>
    typeof value === 'number' && value >= least && value < 1e9
  if (!isId(startId) || !isBelow(delayMs, 0)) return undefined
  if (endId !== undefined && !isId(endId)) return undefined
  if (rateHz !== undefined && !isBelow(rateHz, 1e-6)) return undefined
  return { startId, endId, betweenMs: Math.max(delayMs, rateHz === undefined ? 0 : 1_000 / rateHz) }
}

/** Plays stored images back when a WebSocket client asks for it: array-1.0 messages to whoever pulls. */
export class BufferDriver {
  private readonly options: {
    readonly stream: ImageStream
    /** Of the reader. */
    readonly readerAddress: string
    readonly pushAddress: string
    readonly websocket: ListenAddress
  }
  private readonly push = new Push({ linger: 0, sendHighWaterMark: 100 })
  private readonly slots: SlotReader
  private server: WebSocketServer | undefined
  private timer: NodeJS.Timeout | undefined
  private state: ReplayState = 'idle'
  private reason = ''
  private count = 0
  private stopping = new AbortController()
  private running: Promise<void> = Promise.resolve()

  constructor(options: BufferDriver['options']) {
    this.options = options
    this.slots = new SlotReader(options.stream)
  }

  /** Rejects when an address is taken. */
  async open(): Promise<{ readonly websocket: string; readonly push: string }> {
    await this.push.bind(this.options.pushAddress)
    const server = new WebSocketServer({
      ...this.options.websocket,
      maxPayload: 65_536,
      perMessageDeflate: false,
    })
    this.server = server
    await once(server, 'listening')
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => this.obey(socket, data.toString()))
      socket.on('error', () => socket.terminate())
      this.tell(socket)
    })
    this.timer = setInterval(() => this.broadcast(), statusMs)
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    return { websocket: `ws://${this.options.websocket.host}:${port}`, push: this.push.lastEndpoint ?? '' }
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    this.stopping.abort()
    await this.running
    this.push.close()
    this.slots.close()
    const { server } = this
    for (const client of server?.clients ?? []) client.terminate()
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
  }

  private obey(socket: WebSocket, text: string): void {
    const command = readReplayCommand(text)
    if (typeof command === 'string') {
      socket.send(JSON.stringify({ reason: command, status: 'error' }))
      return
    }
    if (command.kind === 'stop') {
      this.stopping.abort()
      return
    }
    if (this.state !== 'idle') {
      socket.send(JSON.stringify({ reason: 'driver is busy!', status: 'rejected' }))
      return
    }
    this.stopping = new AbortController()
    this.count = 0
    this.change('replaying')
    this.running = this.replay(command.order, this.stopping.signal)
  }

  private async replay(order: Order, signal: AbortSignal): Promise<void> {
    const { stream, readerAddress } = this.options
    const images = new Subscriber({ receiveHighWaterMark: 1_000, linger: 0, receiveTimeout: answerMs })
    const reader = new Request({ linger: 0, receiveTimeout: answerMs, sendTimeout: answerMs })
    images.connect(stream.address)
    images.subscribe()
    reader.connect(readerAddress)
    // A subscription takes a moment, and what is published before is lost.
    await delay(200)
    try {
      let next = order.startId
      for (let dueMs = performance.now(); !signal.aborted; dueMs += order.betweenMs) {
        await delay(Math.max(0, dueMs - performance.now()), undefined, { signal })
        await reader.send(encodeNextImageRequest({ imageId: next, isNew: this.count === 0 }))
        const [answer] = await reader.receive()
        const { imageId } = decodeNextImageResponse(answer ?? new Uint8Array()) ?? {}
        if (imageId === undefined || (order.endId !== undefined && imageId > order.endId)) break
        await this.forward(images, imageId)
        next = imageId + 1
      }
      this.change('finishing')
      this.change(signal.aborted ? 'stop' : 'finished')
    } catch (error) {
      if (signal.aborted) this.change('stop')
      else {
        this.reason = error instanceof Error ? error.message : String(error)
        this.change('error')
      }
    } finally {
      images.close()
      reader.close()
      this.change('idle')
    }
  }

  /** The image that the reader has just published. */
  private async forward(images: Subscriber, id: number): Promise<void> {
    for (;;) {
      const [message] = await images.receive()
      const metadata = message === undefined ? undefined : decodeImageMetadata(message)
      if (metadata?.image_id !== id) continue
      const pixels = this.slots.read(metadata, Date.now())
      if (pixels === undefined)
        throw new Error(`the pixels of image ${id} are not in ${this.options.stream.memory}`)
      await this.push.send([arrayHeader(metadata), pixels])
      this.count += 1
      return
    }
  }

  private change(state: ReplayState): void {
    this.state = state
    this.broadcast()
  }

  private broadcast(): void {
    for (const client of this.server?.clients ?? []) this.tell(client)
  }

  private tell(socket: WebSocket): void {
    if (socket.readyState !== socket.OPEN || socket.bufferedAmount > 1_048_576) return
    const { state: status, count, reason } = this
    const hasCount =
      status === 'replaying' || status === 'finishing' || status === 'finished' || status === 'stop'
    socket.send(
      JSON.stringify(hasCount ? { count, status } : status === 'error' ? { reason, status } : { status }),
    )
  }
}
