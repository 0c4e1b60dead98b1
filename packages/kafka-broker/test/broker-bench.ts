import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Socket } from 'node:net'
import { type Metrics, parseSection } from '@beamtime/service-kit'
import { onTestFinished } from 'vitest'
import { ByteReader } from '../src/core/byte-reader.ts'
import { ByteWriter } from '../src/core/byte-writer.ts'
import { isFlexible, type MessageCodec } from '../src/core/codec.ts'
import { skipTaggedFields } from '../src/core/request-header.ts'
import { apiTable } from '../src/handlers/api-table.ts'
import { type Broker, brokerConfig, openBroker } from '../src/index.ts'

export interface TestBroker {
  readonly broker: Broker
  readonly port: number
  readonly server: string
  readonly directory: string
  /** What was logged, as `level event`. */
  readonly log: string[]
}

/** A broker on a free port with its own data; it ends with the test. */
export async function startTestBroker(
  settings: Record<string, unknown> = {},
  directory?: string,
  metrics?: Metrics,
): Promise<TestBroker> {
  const data = directory ?? mkdtempSync(join(tmpdir(), 'bt-broker-'))
  if (directory === undefined) onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const log: string[] = []
  const note =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}): void =>
      void log.push(
        `${level} ${event} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.message : value))}`,
      )
  const logger = {
    trace: note('trace'),
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    child: () => logger,
  }
  const config = parseSection(
    brokerConfig,
    { listen: '127.0.0.1:0', initial_rebalance_delay_ms: 10, ...settings },
    { key: 'broker' },
  )
  const broker = await openBroker({
    config,
    directory: data,
    log: logger,
    ...(metrics === undefined ? {} : { metrics }),
  })
  onTestFinished(() => broker.close())
  const port = broker.addresses[0]?.port ?? 0
  return { broker, port, server: `127.0.0.1:${port}`, directory: data, log }
}

/** A bare connection that speaks frames. */
export class RawClient {
  readonly socket: Socket
  readonly #chunks: Buffer[] = []
  #wake: (() => void) | null = null
  isClosed = false
  #correlationId = 0
  #answeredId = 0

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.#wake?.()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
      this.#wake?.()
    })
    onTestFinished(() => void socket.destroy())
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => resolve(new RawClient(socket)))
    })
  }

  /** The next response without its size; null when the connection closed instead. */
  async frame(): Promise<Uint8Array | null> {
    for (;;) {
      const bytes = Buffer.concat(this.#chunks)
      if (bytes.byteLength >= 4 && bytes.byteLength >= 4 + bytes.readInt32BE(0)) {
        const size = bytes.readInt32BE(0)
        this.#chunks.splice(0, this.#chunks.length, bytes.subarray(4 + size))
        return bytes.subarray(4, 4 + size)
      }
      if (this.isClosed) return null
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Sends a request; returns its correlation id. */
  send(apiName: string, version: number, value: unknown): number {
    const api = apiTable.find((one) => one.name === apiName)
    if (api === undefined) throw new Error(`no API ${apiName}`)
    const codec = api.request as unknown as MessageCodec
    const writer = new ByteWriter()
    writer.int16(api.key)
    writer.int16(version)
    writer.int32(++this.#correlationId)
    writer.int16(3)
    writer.raw(new TextEncoder().encode('raw'))
    if (isFlexible(codec.shape, version)) writer.uvarint(0)
    codec.encode(writer, value, version)
    this.sendFrame(writer.bytes())
    return this.#correlationId
  }

  sendFrame(frame: Uint8Array): void {
    const size = Buffer.alloc(4)
    size.writeInt32BE(frame.byteLength)
    this.socket.write(Buffer.concat([size, frame]))
  }

  /** The answer to the oldest request that has none yet. */
  async answer(apiName: string, version: number): Promise<unknown> {
    const frame = await this.frame()
    if (frame === null) throw new Error('the connection was closed')
    return decodeResponse(apiName, version, { frame, correlationId: ++this.#answeredId })
  }

  /** Sends a request and decodes its response. */
  async call<T = unknown>(apiName: string, version: number, value: unknown): Promise<T> {
    const correlationId = this.send(apiName, version, value)
    const frame = await this.frame()
    if (frame === null) throw new Error('the connection was closed')
    this.#answeredId = correlationId
    return decodeResponse(apiName, version, { frame, correlationId }) as T
  }
}

export function decodeResponse(
  apiName: string,
  version: number,
  answer: { frame: Uint8Array; correlationId: number },
): unknown {
  const api = apiTable.find((one) => one.name === apiName)
  const codec = api?.response as unknown as MessageCodec
  const reader = new ByteReader(answer.frame)
  const correlationId = reader.int32()
  if (correlationId !== answer.correlationId)
    throw new Error(`answer ${correlationId} instead of ${answer.correlationId}`)
  if (isFlexible(codec.shape, version) && apiName !== 'ApiVersions') skipTaggedFields(reader)
  const value = codec.decode(reader, version)
  if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes after the response`)
  return value
}
