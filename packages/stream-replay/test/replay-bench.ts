import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { onTestFinished } from 'vitest'
import { encodeBatch, type OutgoingRecord, recordsOf, type StreamRecord } from '../src/batch/batch-records.ts'
import { openReplay, type Replay, type ReplayOptions } from '../src/open-replay.ts'
import { BatchWriter } from '../src/wire/batch-writer.ts'

/** A broker in this process, a replay on it and a folder; all end with the test. */
export interface Bench {
  readonly replay: Replay
  readonly port: number
  readonly folder: string
}

export async function replayBench(options: Partial<ReplayOptions> = {}): Promise<Bench> {
  const directory = tempDir()
  const config = parseSection(
    brokerConfig,
    { listen: '127.0.0.1:0', initial_rebalance_delay_ms: 10, auto_create_topics: false },
    { key: 'broker' },
  )
  const broker = await openBroker({ config, directory: join(directory.path, 'broker') })
  const port = broker.addresses[0]?.port ?? 0
  onTestFinished(async () => {
    await broker.close()
    await directory.close()
  })
  return {
    replay: testReplay(port, { recordingsDir: directory.path, ...options }),
    port,
    folder: directory.path,
  }
}

export function testReplay(port: number, options: Partial<ReplayOptions> = {}): Replay {
  const bus = { bootstrapServers: [`127.0.0.1:${port}`], clientId: 'test', retry: { minMs: 10, maxMs: 100 } }
  const replay = openReplay({ bus, ...options })
  onTestFinished(() => replay.close())
  return replay
}

/** A broker that can be killed and started again on the same port and data. */
export interface KillableBroker {
  readonly port: number
  readonly folder: string
  start(): Promise<void>
  kill(): Promise<void>
}

export async function killableBroker(): Promise<KillableBroker> {
  const directory = tempDir()
  const port = await freePort()
  let child: ChildProcess | null = null
  onTestFinished(async () => {
    child?.kill('SIGKILL')
    await directory.close()
  })
  return {
    port,
    folder: directory.path,
    start: () =>
      new Promise((resolve, reject) => {
        child = fork(join(import.meta.dirname, 'broker-process.ts'), [
          join(directory.path, 'broker'),
          String(port),
        ])
        child.once('message', () => resolve())
        child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
      }),
    kill: () =>
      new Promise((resolve) => {
        child?.once('exit', () => resolve())
        child?.kill('SIGKILL')
      }),
  }
}

/** A message with what is not given left out. */
export function record(parts: Partial<OutgoingRecord>): OutgoingRecord {
  return { timestampMs: 0, key: null, value: null, headers: [], ...parts }
}

/** Writes one batch. */
export async function produce(
  replay: Replay,
  place: { readonly topic: string; readonly partition?: number; readonly codec?: number },
  records: readonly OutgoingRecord[],
): Promise<void> {
  const writer = new BatchWriter(replay.cluster, { acks: -1 })
  await writer.open()
  const { topic, partition = 0, codec = 0 } = place
  writer.write({ topic, partition, bytes: encodeBatch(records, codec), count: records.length })
  await writer.flush()
  writer.close()
}

/** Everything in a topic, by partition. */
export async function contentOf(replay: Replay, topic: string): Promise<StreamRecord[][]> {
  return await contentOfSource(replay, `topic:${topic}`)
}

export async function contentOfSource(replay: Replay, name: string): Promise<StreamRecord[][]> {
  const source = await replay.source(name)
  try {
    const found: StreamRecord[][] = []
    for (const partition of source.partitions) {
      const records: StreamRecord[] = []
      for await (const batch of source.batches(partition, partition.first))
        if (!batch.header.isControl) records.push(...recordsOf(batch))
      found[partition.partition] = records.filter(
        ({ offset }) => offset >= partition.first && offset <= partition.last,
      )
    }
    return found
  } finally {
    await source.close()
  }
}

/** Without offsets, as plain texts that compare well. */
export function plain(records: readonly StreamRecord[]): unknown[] {
  return records.map(({ timestampMs, key, value, headers }) => ({
    timestampMs,
    key: key === null ? null : Buffer.from(key).toString('hex'),
    value:
      value === null
        ? null
        : value.length > 1_000
          ? `${value.length}:${crc32(value)}`
          : Buffer.from(value).toString('hex'),
    headers: headers.map((header) => [
      header.key,
      header.value === null ? null : Buffer.from(header.value).toString('hex'),
    ]),
  }))
}

export function texts(records: readonly StreamRecord[]): string[] {
  return records.map(({ value }) => (value === null ? '' : Buffer.from(value).toString()))
}
