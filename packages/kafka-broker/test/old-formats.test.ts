import { crc32, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeLz4Frame } from '../src/core/lz4-encode.ts'
import { type MessageSet, readMessageSet } from '../src/core/message-set.ts'
import { encodeSnappy } from '../src/core/snappy-encode.ts'
import { batchBytes } from './batch-builder.ts'
import { RawClient, startTestBroker } from './broker-bench.ts'

/** An entry after the documentation, made without the code under test. */
function entry(
  value: Uint8Array | string | null,
  facts: { offset?: number; magic?: number; attributes?: number; timestampMs?: number; key?: string } = {},
): Buffer {
  const { offset = 0, magic = 0, attributes = 0, timestampMs = 7_000, key } = facts
  const sized = (part: Uint8Array | string | null | undefined): Buffer => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(part === null || part === undefined ? -1 : Buffer.from(part).byteLength)
    return part === null || part === undefined ? length : Buffer.concat([length, Buffer.from(part)])
  }
  const time = Buffer.alloc(magic === 1 ? 8 : 0)
  if (magic === 1) time.writeBigInt64BE(BigInt(timestampMs))
  const content = Buffer.concat([Buffer.from([magic, attributes]), time, sized(key), sized(value)])
  const head = Buffer.alloc(16)
  head.writeBigInt64BE(BigInt(offset))
  head.writeInt32BE(content.byteLength + 4, 8)
  head.writeUInt32BE(crc32(content), 12)
  return Buffer.concat([head, content])
}

interface Entry {
  readonly offset: number
  readonly magic: number
  readonly timestampMs: number | null
  readonly key: string | null
  readonly value: string | null
}

function entries(set: Uint8Array): Entry[] {
  const bytes = Buffer.from(set)
  const found: Entry[] = []
  for (let at = 0; at < bytes.byteLength;) {
    const size = bytes.readInt32BE(at + 8)
    const content = bytes.subarray(at + 16, at + 12 + size)
    expect(bytes.readUInt32BE(at + 12)).toBe(crc32(content))
    const magic = content.readInt8(0)
    let next = magic === 1 ? 10 : 2
    const part = (): string | null => {
      const length = content.readInt32BE(next)
      next += 4 + Math.max(0, length)
      return length < 0 ? null : content.subarray(next - length, next).toString()
    }
    const timestampMs = magic === 1 ? Number(content.readBigInt64BE(2)) : null
    found.push({ offset: Number(bytes.readBigInt64BE(at)), magic, timestampMs, key: part(), value: part() })
    expect(next).toBe(content.byteLength)
    at += 12 + size
  }
  return found
}

async function withTopic(): Promise<RawClient> {
  const { port } = await startTestBroker()
  const client = await RawClient.connect(port)
  await client.call('CreateTopics', 0, {
    topics: [{ name: 'old', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1_000,
  })
  return client
}

interface PartitionAnswer {
  readonly errorCode: number
  readonly baseOffset: number
}

async function produce(client: RawClient, version: number, records: Uint8Array): Promise<PartitionAnswer> {
  const request = {
    transactionalId: null,
    acks: 1,
    timeoutMs: 1_000,
    topicData: [{ name: 'old', partitionData: [{ index: 0, records: [records] }] }],
  }
  const answer = await client.call<{ responses: { partitionResponses: PartitionAnswer[] }[] }>(
    'Produce',
    version,
    request,
  )
  const [partition] = answer.responses[0]?.partitionResponses ?? []
  if (partition === undefined) throw new Error('no answer for the partition')
  return partition
}

async function fetched(
  client: RawClient,
  version: number,
  want: { offset?: number; maxBytes?: number } = {},
): Promise<Uint8Array> {
  const { offset: fetchOffset = 0, maxBytes: partitionMaxBytes = 1_000_000 } = want
  const answer = await client.call<{
    responses: { partitions: { errorCode: number; records: Uint8Array }[] }[]
  }>('Fetch', version, {
    replicaId: -1,
    maxWaitMs: 10,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: 'old', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes }] }],
    forgottenTopicsData: [],
    rackId: '',
  })
  const [partition] = answer.responses[0]?.partitions ?? []
  expect(partition?.errorCode).toBe(0)
  return partition?.records ?? new Uint8Array(0)
}

test('an old producer and an old consumer understand each other, and new clients both', async () => {
  const client = await withTopic()
  const set = Buffer.concat([entry('one', { key: 'k' }), entry(null), entry('')])
  expect(await produce(client, 0, set)).toMatchObject({ errorCode: 0, baseOffset: 0 })
  const timed = Buffer.concat([entry('t', { magic: 1, timestampMs: 5_000 }), entry('u', { magic: 1 })])
  expect(await produce(client, 2, timed)).toMatchObject({ errorCode: 0, baseOffset: 3 })
  expect(await produce(client, 9, batchBytes({ values: ['new'], timestampMs: 9_000 }))).toMatchObject({
    baseOffset: 5,
  })
  const rows = entries(await fetched(client, 1))
  expect(rows.map(({ offset, magic, key, value }) => [offset, magic, key, value])).toEqual([
    [0, 0, 'k', 'one'],
    [1, 0, null, null],
    [2, 0, null, ''],
    [3, 0, null, 't'],
    [4, 0, null, 'u'],
    [5, 0, null, 'new'],
  ])
  const times = entries(await fetched(client, 2)).map(({ magic, timestampMs }) => [magic, timestampMs])
  expect(times).toEqual([-1, -1, -1, 5_000, 7_000, 9_000].map((time) => [1, time]))
  const batch = Buffer.from(await fetched(client, 4))
  expect([batch.readInt8(16), batch.readInt32BE(57)]).toEqual([2, 3])
})

const codecs: readonly (readonly [string, number, (bytes: Uint8Array) => Uint8Array])[] = [
  ['gzip', 1, gzipSync],
  ['snappy', 2, encodeSnappy],
  ['lz4', 3, encodeLz4Frame],
  [
    'lz4 with the header checksum that old clients computed wrongly',
    3,
    (bytes) => {
      const frame = new Uint8Array(encodeLz4Frame(bytes))
      frame[6] = 0x1a
      return frame
    },
  ],
]

test.each(codecs)('a set compressed with %s is taken apart', async (_, codec, compress) => {
  const client = await withTopic()
  for (const magic of [0, 1]) {
    const inner = Buffer.concat(
      ['a', 'b', 'c'].map((value, offset) =>
        entry(value.repeat(100), { magic, offset, timestampMs: 100 + offset }),
      ),
    )
    const wrapper = entry(compress(inner), { magic, attributes: codec, offset: 2, timestampMs: 102 })
    expect(await produce(client, magic === 0 ? 0 : 2, wrapper)).toMatchObject({
      errorCode: 0,
      baseOffset: 3 * magic,
    })
  }
  expect(
    entries(await fetched(client, 3)).map(({ value, timestampMs }) => [value?.[0], timestampMs]),
  ).toEqual([...['a', 'b', 'c'].map((letter) => [letter, -1]), ['a', 100], ['b', 101], ['c', 102]])
})

test('an old consumer gets whole messages up to its limit, from its offset, and at least one', async () => {
  const client = await withTopic()
  await produce(client, 9, batchBytes({ values: ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(1_000)) }))
  const offsets = async (want: { offset?: number; maxBytes?: number }): Promise<number[]> =>
    entries(await fetched(client, 1, want)).map(({ offset }) => offset)
  expect(await offsets({ maxBytes: 2_100 })).toEqual([0, 1])
  expect(await offsets({ offset: 2, maxBytes: 2_100 })).toEqual([2, 3])
  expect(await offsets({ offset: 1, maxBytes: 5 })).toEqual([1])
  expect(await offsets({ offset: 4 })).toEqual([])
})

test.each([
  ['a wrong checksum', 2, Buffer.from(entry('x')).fill(1, 12, 13)],
  ['a cut entry', 2, entry('x').subarray(0, 20)],
  ['a compressed entry that is none', 2, entry('no gzip', { attributes: 1 })],
  ['an unknown codec', 76, entry('x', { attributes: 5 })],
  ['a batch of format 2', 2, batchBytes({ values: ['x'] })],
  ['nothing', 87, Buffer.alloc(0)],
])('%s in an old set is refused with error %i', async (_, errorCode, records) => {
  const client = await withTopic()
  expect(await produce(client, 1, records)).toMatchObject({ errorCode, baseOffset: -1 })
})

test('no bytes make the parser of old sets do anything but refuse', () => {
  const tools = {
    crc32: (bytes: Uint8Array): number => crc32(bytes),
    decompress: (_: number, bytes: Uint8Array): Uint8Array => bytes,
  }
  const sound = Buffer.concat([
    entry('one'),
    entry(entry('in'), { attributes: 1 }),
    entry('two', { magic: 1 }),
  ])
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc
          .tuple(fc.nat(sound.byteLength - 1), fc.integer({ min: 0, max: 255 }), fc.nat(sound.byteLength))
          .map(([at, byte, cut]) => {
            const bytes = Buffer.from(sound)
            bytes[at] = byte
            return bytes.subarray(0, cut === 0 ? bytes.byteLength : cut)
          }),
      ),
      (bytes) => {
        const result: MessageSet = readMessageSet(bytes, tools)
        expect(['ok', 'refused']).toContain(result.kind)
      },
    ),
    { numRuns: 2_000 },
  )
})
