import { expect, test } from 'vitest'
import { readingProblems } from '../../src/registry/avro-compatibility.ts'
import { parseAvroSchema } from '../../src/registry/avro-schema.ts'

const isReadable = (reader: unknown, writer: unknown): boolean =>
  readingProblems(parseAvroSchema(JSON.stringify(reader)), parseAvroSchema(JSON.stringify(writer))).length ===
  0

const record = (...fields: readonly unknown[]): unknown => ({ type: 'record', name: 'r', fields })

/* Source: Apache Avro specification 1.12, "Schema Resolution". */
test.each<[what: string, reader: unknown, writer: unknown, readable: boolean]>([
  ['int as long', 'long', 'int', true],
  ['long as double', 'double', 'long', true],
  ['long as int', 'int', 'long', false],
  ['string as bytes', 'bytes', 'string', true],
  ['bytes as string', 'string', 'bytes', true],
  ['a union of the reader with the branch', ['null', 'long'], 'int', true],
  ['a union of the reader without the branch', ['null', 'boolean'], 'int', false],
  ['a union of the writer, all branches known', ['null', 'long'], ['null', 'int'], true],
  ['a union of the writer with a branch too many', 'int', ['null', 'int'], false],
  ['a new field with a default', record({ name: 'a', type: 'int', default: 1 }), record(), true],
  ['a new field without', record({ name: 'a', type: 'int' }), record(), false],
  ['a field less', record(), record({ name: 'a', type: 'int' }), true],
  [
    'a renamed field with an alias',
    record({ name: 'b', aliases: ['a'], type: 'int' }),
    record({ name: 'a', type: 'int' }),
    true,
  ],
  ['another record', { type: 'record', name: 'q', fields: [] }, record(), false],
  ['another record with an alias', { type: 'record', name: 'q', aliases: ['r'], fields: [] }, record(), true],
  [
    'an enum with more symbols',
    { type: 'enum', name: 'e', symbols: ['A', 'B'] },
    { type: 'enum', name: 'e', symbols: ['A'] },
    true,
  ],
  [
    'an enum with fewer symbols',
    { type: 'enum', name: 'e', symbols: ['A'] },
    { type: 'enum', name: 'e', symbols: ['A', 'B'] },
    false,
  ],
  [
    'an enum with fewer and a default',
    { type: 'enum', name: 'e', symbols: ['A'], default: 'A' },
    { type: 'enum', name: 'e', symbols: ['A', 'B'] },
    true,
  ],
  [
    'a fixed of another size',
    { type: 'fixed', name: 'f', size: 2 },
    { type: 'fixed', name: 'f', size: 3 },
    false,
  ],
  ['items that promote', { type: 'array', items: 'double' }, { type: 'array', items: 'float' }, true],
  ['values that do not', { type: 'map', values: 'int' }, { type: 'map', values: 'string' }, false],
  [
    'a tree of itself',
    record({ name: 'next', type: ['null', 'r'] }),
    record({ name: 'next', type: ['null', 'r'] }),
    true,
  ],
  [
    'a tree that differs inside',
    record({ name: 'next', type: ['null', 'r'] }, { name: 'v', type: 'int' }),
    record({ name: 'next', type: ['null', 'r'] }, { name: 'v', type: 'string' }),
    false,
  ],
])('reading %s', (_what, reader, writer, readable) => {
  expect(isReadable(reader, writer)).toBe(readable)
})
