import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../src/core/byte-reader.ts'
import { ByteWriter } from '../../src/core/byte-writer.ts'
import { isFlexible, type MessageCodec } from '../../src/core/codec.ts'
import { ProtocolError } from '../../src/core/protocol-error.ts'
import { apiTable } from '../../src/handlers/api-table.ts'

/** Requests of real clients, captured by conformance/capture-frames.ts; the JSON beside each says which client. */
interface Vector {
  readonly name: string
  readonly codec: MessageCodec
  readonly bytes: Uint8Array
  readonly expected: { readonly source: string; readonly version: number; readonly value: unknown }
}

const folder = join(import.meta.dirname, '..', 'vectors')

function loadVectors(): Vector[] {
  return readdirSync(folder).flatMap((api) => {
    const codec = apiTable.find((one) => one.name === api)?.request as MessageCodec | undefined
    if (codec === undefined) throw new Error(`no API for the vectors of ${api}`)
    return readdirSync(join(folder, api))
      .filter((file) => file.endsWith('.bin'))
      .map((file) => ({
        name: `${api}/${file.slice(0, -4)}`,
        codec,
        bytes: new Uint8Array(readFileSync(join(folder, api, file))),
        expected: JSON.parse(
          readFileSync(join(folder, api, file.replace(/bin$/, 'json')), 'utf8'),
        ) as Vector['expected'],
      }))
  })
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, plain(content)]))
}

/** Record batches are written from pieces. */
function encodable(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(encodable)
  return Object.fromEntries(
    Object.entries(value).map(([key, content]) => [
      key,
      key === 'records' && content instanceof Uint8Array ? [content] : encodable(content),
    ]),
  )
}

/** Absent tagged fields must stay absent. */
function withoutTaggedDefaults(value: Record<string, unknown>): Record<string, unknown> {
  const { clusterId, replicaState, ...rest } = value
  return {
    ...rest,
    ...(clusterId === null || clusterId === undefined ? {} : { clusterId }),
    ...(replicaState === null || replicaState === undefined ? {} : { replicaState }),
    ...(Array.isArray(rest['topics']) ? { topics: rest['topics'].map(withoutDirectoryIds) } : {}),
  }
}

function withoutDirectoryIds(topic: Record<string, unknown>): unknown {
  if (!Array.isArray(topic['partitions'])) return topic
  const partitions = topic['partitions'].map((partition: unknown) => {
    if (typeof partition !== 'object' || partition === null) return partition
    const { replicaDirectoryId: _unset, ...rest } = partition as Record<string, unknown>
    return rest
  })
  return { ...topic, partitions }
}

const vectors = loadVectors()

test('there are vectors of four clients', () => {
  const clients = new Set(vectors.map(({ expected }) => expected.source.split(' ')[0]))
  expect(clients).toEqual(new Set(['confluent-kafka', 'kafkajs', 'kcat', 'platformatic-kafka']))
})

describe.each(vectors)('$name', ({ codec, bytes, expected }) => {
  test('decodes to its JSON and leaves nothing over', () => {
    const reader = new ByteReader(bytes)
    expect(plain(codec.decode(reader, expected.version))).toEqual(expected.value)
    expect(reader.remaining).toBe(0)
  })

  test('encodes back to the same bytes', () => {
    const decoded = codec.decode(new ByteReader(bytes), expected.version) as Record<string, unknown>
    const writer = new ByteWriter()
    codec.encode(writer, encodable(withoutTaggedDefaults(decoded)), expected.version)
    expect(Buffer.from(writer.bytes()).toString('hex')).toBe(Buffer.from(bytes).toString('hex'))
  })

  test('is refused when it is cut short anywhere', () => {
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(() => codec.decode(new ByteReader(bytes.subarray(0, length)), expected.version)).toThrow(
        ProtocolError,
      )
    }
  })

  test('may carry unknown tagged fields at its end when it is flexible', () => {
    if (!isFlexible(codec.shape, expected.version)) return
    // The last byte is the number of tagged fields of the message: one, tag 99, two bytes.
    const tagged = Buffer.concat([bytes.subarray(0, -1), Buffer.from([1, 99, 2, 0xaa, 0xbb])])
    const reader = new ByteReader(tagged)
    expect(plain(codec.decode(reader, expected.version))).toEqual(expected.value)
    expect(reader.remaining).toBe(0)
  })
})
