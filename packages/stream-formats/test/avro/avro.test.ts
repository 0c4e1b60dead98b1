import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  avroToJson,
  containerCodecs,
  ContainerReader,
  ContainerWriter,
  detectFormat,
  fieldEditor,
  fixedSource,
  frameDatum,
  parseAvroSchema,
  readContainer,
  rubinSchemaId,
  snappyCompress,
  snappyDecompress,
  unframeDatum,
} from '../../src/avro.ts'
import { StreamFormatError } from '../../src/index.ts'

interface Vectors {
  readonly schema: unknown
  readonly datums: readonly string[]
  readonly values: readonly Readonly<Record<string, unknown>>[]
}

const folder = new URL('../vectors/avro/', import.meta.url)
const vectors = JSON.parse(readFileSync(new URL('sample.json', folder), 'utf8')) as Vectors
const schema = parseAvroSchema(JSON.stringify(vectors.schema))
const datums = vectors.datums.map((hex) => Buffer.from(hex, 'hex'))

function hexOfBase64(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('hex') : value
}

test('datums written by fastavro read as the values that it was given, and write back to the same bytes', () => {
  datums.forEach((datum, index) => {
    const value = schema.decode(datum)
    const json = avroToJson(value, schema.root) as Record<string, unknown>
    expect({ ...json, raw: hexOfBase64(json['raw']), mark: hexOfBase64(json['mark']) }).toEqual(
      vectors.values[index],
    )
    expect(Buffer.from(schema.encode(value)).equals(datum)).toBe(true)
  })
})

test.each(containerCodecs)('a container compressed by fastavro with %s gives its datums', (codec) => {
  const bytes = readFileSync(new URL(`${codec}.avro`, folder))
  const { header, datums: found } = readContainer(bytes)
  expect(header.codec).toBe(codec)
  expect(found.map((datum) => Buffer.from(datum).toString('hex'))).toEqual(vectors.datums)
})

test.each(containerCodecs)('a container written with %s reads back, fed a byte at a time', (codec) => {
  const writer = new ContainerWriter({ schema, codec, blockBytes: 500, sync: new Uint8Array(16).fill(7) })
  const parts = [writer.header(), ...datums.map((datum) => writer.add(datum)), writer.flush()]
  const bytes = Buffer.concat(parts.filter((part) => part !== null))
  const reader = new ContainerReader()
  const found: string[] = []
  for (const byte of bytes)
    for (const datum of reader.push(Uint8Array.of(byte))) found.push(Buffer.from(datum).toString('hex'))
  reader.end()
  expect(found).toEqual(vectors.datums)
})

test('a container that is cut off says so', () => {
  const bytes = readFileSync(new URL('snappy.avro', folder))
  for (const length of [3, 100, bytes.length - 1])
    expect(() => readContainer(bytes.subarray(0, length))).toThrow(StreamFormatError)
})

test('the schema id of a framed message is big-endian', () => {
  const framed = frameDatum(rubinSchemaId({ major: 7, minor: 4 }), Uint8Array.of(1, 2))
  expect([...framed]).toEqual([0, 0, 0, 2, 192, 1, 2])
  expect(unframeDatum(framed)).toEqual({ schemaId: 704, datum: Uint8Array.of(1, 2) })
})

test('fields are read and replaced in place, and the rest of the datum stays', () => {
  const [, , , datum] = datums
  if (datum === undefined) throw new Error('no datum')
  const editor = fieldEditor(schema, ['d', 'children[].mjd', 'children[].n', 'id', 'text'])
  const read: [number, unknown][] = []
  editor.read(datum, (path, value) => read.push([path, value]))
  expect(read).toEqual([
    [3, 4_611_686_018_427_387_907n],
    [0, 60_003.25],
    [4, 'näme näme näme '],
    [1, 59_000.5],
    [1, 59_001.5],
    [2, 1],
    [1, 59_002.5],
    [2, 2],
  ])
  const changed = editor.rewrite(datum, (path, value) =>
    path === 4 ? 'x' : typeof value === 'bigint' ? value + 1n : (value as number) + 1_000,
  )
  const before = schema.decode(datum) as Record<string, unknown>
  expect(schema.decode(changed)).toEqual({
    ...before,
    id: 4_611_686_018_427_387_908n,
    d: 61_003.25,
    text: 'x',
    children: [
      { mjd: 60_000.5, n: null },
      { mjd: 60_001.5, n: 1_001 },
      { mjd: 60_002.5, n: 1_002 },
    ],
  })
})

test('a newer schema reads what an older one wrote', () => {
  const older = parseAvroSchema('{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]}')
  const newer = parseAvroSchema(
    '{"type":"record","name":"A","fields":[{"name":"x","type":"double"},{"name":"y","type":"string","default":"z"}]}',
  )
  expect(newer.readerOf(older)(older.encode({ x: 3 }))).toEqual({ x: 3, y: 'z' })
})

test('schemas of several files that name each other become one', () => {
  const child = '{"type":"record","name":"child","namespace":"lsst.v1","fields":[{"name":"x","type":"long"}]}'
  const root =
    '{"type":"record","name":"alert","namespace":"lsst.v1","fields":[{"name":"a","type":"child"},{"name":"b","type":["null",{"type":"array","items":"lsst.v1.child"}]}]}'
  const joined = parseAvroSchema(root, [child])
  const bytes = joined.encode({ a: { x: 1 }, b: [{ x: 2 }] })
  expect(parseAvroSchema(joined.text).decode(bytes)).toEqual({ a: { x: 1 }, b: [{ x: 2 }] })
})

test('a schema source of known schemas finds them by id', async () => {
  const source = fixedSource(new Map([[704, schema.text]]))
  expect((await source.schemaById(704))?.schema).toBe(schema.text)
  expect(await source.schemaById(1)).toBe(null)
})

test('formats are told apart by their first bytes', () => {
  const isSchemaKnown = (id: number): boolean => id === 704
  const kinds = [
    readFileSync(new URL('null.avro', folder)),
    frameDatum(704, Uint8Array.of(1)),
    frameDatum(705, Uint8Array.of(1)),
    Buffer.from('{"a":1}'),
    Buffer.from([24, 0, 0, 0, ...Buffer.from('ev44'), ...new Uint8Array(40)]),
    Buffer.from([0x92, 0xa5, ...Buffer.from('event'), 0x80]),
    new Uint8Array(0),
  ].map((bytes) => detectFormat(bytes, { isSchemaKnown }))
  expect(kinds).toEqual([
    { kind: 'container' },
    { kind: 'confluent', schemaId: 704 },
    { kind: 'opaque' },
    { kind: 'json' },
    { kind: 'flatbuffer', id: 'ev44' },
    { kind: 'document', name: 'event' },
    { kind: 'opaque' },
  ])
})

test('snappy blocks give back what went in, and a block of a literal and an overlapping copy is understood', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (parts) => {
      const plain = Buffer.concat([...parts, ...parts])
      expect(Buffer.from(snappyDecompress(snappyCompress(plain))).equals(plain)).toBe(true)
    }),
    { numRuns: 200 },
  )
  // Length 8, literal "ab", copy of 6 from distance 2 (format description, section 2.2.2).
  expect(Buffer.from(snappyDecompress(Uint8Array.of(8, 4, 97, 98, 22, 2, 0))).toString()).toBe('abababab')
})

test('snappy matches at every length come back', () => {
  for (let length = 1; length < 200; length++) {
    const plain = Buffer.concat([
      Buffer.from('0123456789abcdef'),
      Buffer.alloc(length, 'x'),
      Buffer.from('0123456789abcdef'),
    ])
    expect(Buffer.from(snappyDecompress(snappyCompress(plain))).equals(plain)).toBe(true)
  }
})

test('damaged bytes are refused by name and never hang', () => {
  const container = readFileSync(new URL('deflate.avro', folder))
  const editor = fieldEditor(schema, ['children[].mjd'])
  const isOurs = (work: () => unknown): void => {
    try {
      work()
    } catch (error) {
      expect(error).toBeInstanceOf(StreamFormatError)
    }
  }
  const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
    fc
      .array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 4,
      })
      .chain((edits) =>
        fc.nat({ max: bytes.length }).map((length) => {
          const copy = bytes.slice(0, Math.max(1, length))
          for (const [at, byte] of edits) copy[at % copy.length] = byte
          return copy
        }),
      )
  const [, , datum = Buffer.alloc(1)] = datums
  fc.assert(
    fc.property(damaged(datum), damaged(container), (bytes, file) => {
      isOurs(() => avroToJson(schema.decode(bytes), schema.root))
      isOurs(() => editor.rewrite(bytes, (_, value) => value))
      isOurs(() => readContainer(file))
      isOurs(() => snappyDecompress(bytes))
      detectFormat(bytes)
    }),
    { numRuns: 3_000 },
  )
})

test('text that is no schema is refused by name', () => {
  for (const text of [
    '{',
    '{"type":"record"}',
    '"Unknown"',
    '[]extra',
    '{"type":"fixed","name":"f","size":-1}',
    '12',
  ])
    expect(() => parseAvroSchema(text)).toThrow(StreamFormatError)
})
