import { createDocumentEncoder } from '@beamtime/event-model'
import { f144 } from '@beamtime/stream-formats'
import { frameDatum, parseAvroSchema } from '@beamtime/stream-formats/avro'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageRules } from '../../src/rules/message-rules.ts'
import { parseSelection, type SelectableMessage } from '../../src/rules/selection.ts'

const schema = parseAvroSchema('{"type":"record","name":"r","fields":[{"name":"n","type":"long"}]}')
const rules = new MessageRules({
  shiftsTimes: false,
  shiftEmbedded: [],
  renumber: [],
  playId: '',
  schema: (id) => Promise.resolve(id === 9 ? schema : null),
})
await rules.loadSchema(9)

const message: SelectableMessage = {
  topic: 'alerts',
  partition: 2,
  offset: 41,
  timestampMs: 1_700,
  key: Buffer.from('motor'),
  value: Buffer.from('{"a":{"b":5},"big":9007199254740993}'),
  headers: [{ key: 'type', value: Buffer.from('x') }],
}
const accepts = (text: string, one: Partial<SelectableMessage> = {}): boolean =>
  parseSelection(text).accepts({ ...message, ...one }, rules)

test.each([
  ["topic == 'alerts'", true],
  ['partition == 2 && offset > 40', true],
  ['partition != 2 || offset > 41', false],
  ["key ~ '^mo'", true],
  ["headers.type == 'x'", true],
  ['headers.none', false],
  ['!headers.none', true],
  ['json.a.b >= 5', true],
  ['json.a.b > 5', false],
  ['json.a.none == null', true],
  ["json.a.b == '5'", true],
  ['size < 100', true],
  ["!(topic == 'x' || topic == 'y') && format == 'json'", true],
  ['timestamp == 1700', true],
])('%s holds: %s', (text, wanted) => {
  expect(accepts(text)).toBe(wanted)
})

test('documents, FlatBuffers and framed Avro are looked into', () => {
  const start = createDocumentEncoder().encode([
    'start',
    { uid: 'u', time: 1, plan_name: 'scan' } as never,
  ] as never)
  expect(accepts("name == 'start' && doc.plan_name == 'scan'", { value: start })).toBe(true)
  const f = f144.encode({
    source_name: 'temp',
    value: { kind: 'Double', table: { value: 1 } },
    timestamp: 5n,
  } as never)
  expect(
    accepts("format == 'flatbuffer:f144' && fb.source_name == 'temp' && fb.timestamp == 5", { value: f }),
  ).toBe(true)
  const avro = frameDatum(9, schema.encode({ n: 9_007_199_254_740_993n }))
  expect(accepts('avro.n == 9007199254740993', { value: avro })).toBe(true)
  expect(accepts('avro.n == 9007199254740992', { value: avro })).toBe(false)
})

test('an expression says whether it has to read values', () => {
  expect(parseSelection("key == 'a' && offset > 3").readsValue).toBe(false)
  expect(parseSelection("key == 'a' || json.n > 3").readsValue).toBe(true)
})

test.each([
  ['', 1],
  ['topic ==', 9],
  ['tpoic == 1', 1],
  ['topic == 1 &&', 14],
  ['(topic', 7],
  ["key ~ '['", 10],
  ['topic == 1 2', 12],
])('the mistake in %j is told with its place %d', (text, place) => {
  expect(() => parseSelection(text)).toThrow(`at character ${place}`)
})

test('any text is an expression or a usage error; brackets without an end do not exhaust the stack', () => {
  const words = ['topic', 'json.a', '==', '~', '(', ')', '!', '&&', '||', "'x'", '3', 'null', ' ']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), (parts) => {
      try {
        accepts(parts.join(''))
      } catch (error) {
        expect(error).toMatchObject({ code: 'REPLAY_USAGE' })
      }
    }),
    { numRuns: 2_000 },
  )
  expect(() => parseSelection('('.repeat(100_000))).toThrow('fewer brackets')
})
