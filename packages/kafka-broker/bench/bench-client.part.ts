/* The least client that can load a broker: frames are made beforehand and answers are only counted, so that a figure shows the
 * broker rather than a client library. */
import { execSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ByteReader } from '../src/core/byte-reader.ts'
import { ByteWriter } from '../src/core/byte-writer.ts'
import { isFlexible, type MessageCodec } from '../src/core/codec.ts'
import { batchCrc } from '../src/core/record-batch.ts'
import { apiTable } from '../src/handlers/api-table.ts'

export interface BrokerUsage {
  readonly memory: NodeJS.MemoryUsage
  readonly cpuSeconds: number
  readonly loopP99Ms: number
  readonly loopMaxMs: number
}

export interface BenchBroker {
  readonly port: number
  readonly openMs: number
  readonly directory: string
  /** Memory, processor seconds since the start, and the delay of the event loop since the last call. */
  usage(): Promise<BrokerUsage>
  close(): Promise<void>
}

export function benchBroker(
  settings: Record<string, unknown> = {},
  directory = mkdtempSync(join(tmpdir(), 'bt-bench-')),
): Promise<BenchBroker> {
  const child = fork(join(import.meta.dirname, 'bench-broker.part.ts'), [directory, JSON.stringify(settings)])
  return new Promise((resolve) => {
    child.once('message', (message) => {
      const { port, openMs } = message as { port: number; openMs: number }
      resolve({
        port,
        openMs,
        directory,
        usage: () =>
          new Promise((answer) => {
            child.once('message', (told) => {
              const { cpu, ...usage } = told as BrokerUsage & { cpu: NodeJS.CpuUsage }
              answer({ ...usage, cpuSeconds: (cpu.user + cpu.system) / 1e6 })
            })
            child.send('usage')
          }),
        close: () =>
          new Promise((closed) => {
            child.once('exit', () => closed())
            child.disconnect()
          }),
      })
    })
  })
}

export function removeData(broker: BenchBroker): void {
  rmSync(broker.directory, { recursive: true, force: true })
}

/** A request with its size, ready to be written again and again. */
export function requestFrame(apiName: string, version: number, value: unknown): Buffer {
  const api = apiTable.find((one) => one.name === apiName)
  if (api === undefined) throw new Error(`no API ${apiName}`)
  const codec = api.request as unknown as MessageCodec
  const writer = new ByteWriter()
  writer.int16(api.key)
  writer.int16(version)
  writer.int32(1)
  writer.int16(-1)
  if (isFlexible(codec.shape, version)) writer.uvarint(0)
  codec.encode(writer, value, version)
  const body = writer.bytes()
  const frame = Buffer.allocUnsafe(4 + body.byteLength)
  frame.writeInt32BE(body.byteLength)
  frame.set(body, 4)
  return frame
}

/** A batch of equal records of format 2. */
export function benchBatch(records: number, valueBytes: number): Uint8Array {
  const section = new ByteWriter()
  const value = new Uint8Array(valueBytes).fill(120)
  for (let i = 0; i < records; i++) {
    const record = new ByteWriter()
    record.int8(0)
    record.varlong(0)
    record.varint(i)
    record.varint(-1)
    record.varint(value.byteLength)
    record.raw(value)
    record.varint(0)
    section.varint(record.size)
    for (const chunk of record.chunks()) section.raw(chunk)
  }
  const content = section.bytes()
  const writer = new ByteWriter()
  writer.int64(0)
  writer.int32(49 + content.byteLength)
  writer.int32(-1)
  writer.int8(2)
  writer.uint32(0)
  writer.int16(0)
  writer.int32(records - 1)
  writer.int64(Date.now())
  writer.int64(Date.now())
  writer.int64(-1)
  writer.int16(-1)
  writer.int32(-1)
  writer.int32(records)
  writer.raw(content)
  const bytes = new Uint8Array(writer.bytes())
  new DataView(bytes.buffer).setUint32(17, batchCrc(bytes))
  return bytes
}

export function produceFrame(topic: string, batch: Uint8Array): Buffer {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records: [batch] }] }]
  return requestFrame('Produce', 7, { transactionalId: null, acks: 1, timeoutMs: 10_000, topicData })
}

export function fetchFrame(
  topic: string,
  fetchOffset: number,
  options: { maxWaitMs?: number; maxBytes?: number } = {},
): Buffer {
  const { maxWaitMs = 0, maxBytes = 8_388_608 } = options
  return requestFrame('Fetch', 11, {
    maxWaitMs,
    minBytes: 1,
    maxBytes,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: maxBytes }] }],
    forgottenTopicsData: [],
    rackId: '',
  })
}

/** Counts answers without looking into them. `onAnswer` gets the size and the first bytes of each. */
export class BenchConnection {
  readonly socket: Socket
  #needed = 0
  #head = Buffer.alloc(0)
  onAnswer: (sizeBytes: number, head: Buffer) => void = () => undefined
  #sizeBytes = 0

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setNoDelay(true)
    this.socket.on('data', (chunk) => this.#onData(chunk))
  }

  #onData(chunk: Buffer): void {
    let rest = chunk
    while (rest.byteLength > 0) {
      if (this.#needed === 0) {
        const joined = this.#head.byteLength === 0 ? rest : Buffer.concat([this.#head, rest])
        if (joined.byteLength < 4) {
          this.#head = Buffer.from(joined)
          return
        }
        this.#sizeBytes = joined.readInt32BE(0)
        this.#needed = this.#sizeBytes
        this.#head = Buffer.alloc(0)
        rest = joined.subarray(4)
      }
      const take = Math.min(this.#needed, rest.byteLength)
      if (this.#head.byteLength < 128)
        this.#head = Buffer.concat([this.#head, rest.subarray(0, Math.min(take, 128))])
      this.#needed -= take
      rest = rest.subarray(take)
      if (this.#needed > 0) continue
      const head = this.#head
      this.#head = Buffer.alloc(0)
      this.onAnswer(this.#sizeBytes, head)
    }
  }

  /** As {@link ask}, with all of the answer. */
  askWhole(frame: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      let got = Buffer.alloc(0)
      const onData = (chunk: Buffer): void => {
        got = Buffer.concat([got, chunk])
        if (got.byteLength < 4 || got.byteLength < 4 + got.readInt32BE(0)) return
        this.socket.off('data', onData)
        resolve(got.subarray(4, 4 + got.readInt32BE(0)))
      }
      this.socket.on('data', onData)
      this.socket.write(frame)
    })
  }

  /** Sends a request and waits for its answer. */
  ask(frame: Buffer): Promise<{ sizeBytes: number; head: Buffer }> {
    return new Promise((resolve) => {
      this.onAnswer = (sizeBytes, head) => resolve({ sizeBytes, head })
      this.socket.write(frame)
    })
  }

  /** Sends a request of an API in an old (non-flexible) version and decodes its answer. */
  async askDecoded<T>(apiName: string, version: number, value: unknown): Promise<T> {
    const answer = await this.askWhole(requestFrame(apiName, version, value))
    const reader = new ByteReader(answer)
    reader.int32() // the correlation id
    const api = apiTable.find((one) => one.name === apiName)
    if (api === undefined) throw new Error(`no API ${apiName}`)
    return (api.response as unknown as MessageCodec).decode(reader, version) as T
  }

  close(): void {
    this.socket.destroy()
  }
}

export async function createBenchTopic(
  port: number,
  name: string,
  options: { readonly partitions?: number; readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const { partitions = 1, settings = {} } = options
  const connection = new BenchConnection(port)
  const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }))
  const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs }
  await connection.ask(
    requestFrame('CreateTopics', 4, { topics: [topic], timeoutMs: 1_000, validateOnly: false }),
  )
  connection.close()
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

/** One JSON line a figure, with where and on what it was measured. */
export function report(name: string, figures: Record<string, unknown>): void {
  const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  const [cpu] = cpus()
  const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpu?.model ?? ''}` }
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(value.toPrecision(4)) : value,
    ]),
  )
  console.log(JSON.stringify({ name, ...rounded, ...place }))
}
