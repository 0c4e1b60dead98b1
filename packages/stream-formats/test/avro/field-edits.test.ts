import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldEditor, frameDatum, parseAvroSchema } from '../../src/avro.ts'

/* Any record of numbers, numbers that may be null (null first or last), texts, records and lists; avsc encodes and decodes it. */
type Kind = 'int' | 'long' | 'float' | 'double' | 'boolean' | 'string'
const kinds: readonly Kind[] = ['int', 'long', 'float', 'double', 'boolean', 'string']
const values: Readonly<Record<Kind, fc.Arbitrary<unknown>>> = {
  int: fc.integer(),
  long: fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  boolean: fc.boolean(),
  string: fc.string({ maxLength: 300 }),
}
const shapes = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), nullAt: fc.constantFrom('never', 'first', 'last') }),
  { minLength: 1, maxLength: 12 },
)
type Shape = readonly { readonly kind: Kind; readonly nullAt: string }[]

function fieldsOf(shape: Shape): unknown[] {
  return shape.map(({ kind, nullAt }, index) => ({
    name: `f${index}`,
    type: nullAt === 'never' ? kind : nullAt === 'first' ? ['null', kind] : [kind, 'null'],
  }))
}

function valueOf(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(
      shape.map(({ kind, nullAt }, index) => [
        `f${index}`,
        nullAt === 'never' ? values[kind] : fc.option(values[kind]),
      ]),
    ),
  )
}

const cases = fc.tuple(shapes, shapes).chain(([outer, inner]) =>
  fc.record({
    outer: fc.constant(outer),
    inner: fc.constant(inner),
    value: fc
      .tuple(valueOf(outer), fc.double({ noNaN: true }), fc.array(valueOf(inner), { maxLength: 4 }))
      .map(([own, wanted, list]) => ({ ...own, wanted, list })),
  }),
)

function schemaOf(outer: Shape, inner: Shape): ReturnType<typeof parseAvroSchema> {
  const list = { type: 'array', items: { type: 'record', name: 'inner', fields: fieldsOf(inner) } }
  const fields = [...fieldsOf(outer), { name: 'list', type: list }, { name: 'wanted', type: 'double' }]
  return parseAvroSchema(JSON.stringify({ type: 'record', name: 'outer', fields }))
}

test('whatever stands before a field, it is found, replaced, and the rest decodes as before', () => {
  fc.assert(
    fc.property(cases, ({ outer, inner, value }) => {
      const schema = schemaOf(outer, inner)
      const datum = schema.encode(value)
      const editor = fieldEditor(schema, ['wanted'])
      const found: unknown[] = []
      editor.read(datum, (_, one) => found.push(one))
      expect(found).toEqual([value.wanted])
      const changed = editor.rewrite(datum, () => 42.5)
      expect(schema.decode(changed)).toEqual({ ...(schema.decode(datum) as object), wanted: 42.5 })
      const framed = frameDatum(7, datum)
      expect(Buffer.from(editor.rewrite(framed, () => 42.5, 5))).toEqual(Buffer.from(frameDatum(7, changed)))
    }),
    { numRuns: 500 },
  )
})

test('fields within lists are replaced one by one, whatever stands around them', () => {
  fc.assert(
    fc.property(cases, ({ outer, inner, value }) => {
      const numeric = inner.findIndex(({ kind }) => kind === 'double')
      fc.pre(numeric >= 0)
      const schema = schemaOf(outer, inner)
      const changed = fieldEditor(schema, [`list[].f${numeric}`]).rewrite(
        schema.encode(value),
        (_, one) => Number(one) + 1,
      )
      const before = schema.decode(schema.encode(value)) as { list: Record<string, number | null>[] }
      const after = schema.decode(changed) as typeof before
      after.list.forEach((item, index) => {
        const was = before.list[index]?.[`f${numeric}`] ?? null
        expect(item).toEqual({ ...before.list[index], [`f${numeric}`]: was === null ? null : was + 1 })
      })
    }),
    { numRuns: 300 },
  )
})

test('a datum that is cut off or changed is refused by name, or read within its bytes', () => {
  fc.assert(
    fc.property(cases, fc.nat(), fc.nat(255), ({ outer, inner, value }, at, byte) => {
      const schema = schemaOf(outer, inner)
      const datum = Buffer.from(schema.encode(value))
      const place = at % datum.length
      for (const damaged of [datum.subarray(0, place), Buffer.from(datum).fill(byte, place, place + 1)]) {
        try {
          fieldEditor(schema, ['wanted']).rewrite(damaged, (_, one) => one)
        } catch (error) {
          expect(error).toMatchObject({ code: 'STREAM_MESSAGE_MALFORMED' })
        }
      }
    }),
    { numRuns: 1_000 },
  )
})
