import { ContainerWriter, frameDatum, parseAvroSchema, readContainer } from '@beamtime/stream-formats/avro'
import { expect, test } from 'vitest'
import { alertsOf } from '../../src/alerts/alert-samples.ts'
import { alertSchema } from '../../src/alerts/alert-schema.ts'
import { AvroRule } from '../../src/rules/avro-rule.ts'

const schema = parseAvroSchema(
  JSON.stringify({
    type: 'record',
    name: 'packet',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'taken_ms', type: 'long' },
      {
        name: 'history',
        type: {
          type: 'array',
          items: { type: 'record', name: 'h', fields: [{ name: 't_s', type: ['null', 'double'] }] },
        },
      },
      { name: 'note', type: 'string' },
    ],
  }),
)
const packet = { id: 5, taken_ms: 1_000, history: [{ t_s: 2.5 }, { t_s: null }], note: 'n' }

function rule(options: Partial<ConstructorParameters<typeof AvroRule>[0]>): AvroRule {
  return new AvroRule({ times: [], knownTimes: true, numbers: [], ...options })
}

test('named times move in their own unit, within lists and where they may be null', () => {
  const changed = rule({ times: ['taken_ms', 'history[].t_s'] }).applyToDatum(schema.encode(packet), schema, {
    deltaMs: 1_500,
    pass: 0,
  })
  expect(schema.decode(changed)).toEqual({ ...packet, taken_ms: 2_500, history: [{ t_s: 4 }, { t_s: null }] })
})

test('alerts move their own and their history without being asked, and keep every other byte', () => {
  const [datum = new Uint8Array(0)] = alertsOf({ visits: 1, detectors: 1, alerts: 1 })
  const moved = rule({}).applyToFramed(frameDatum(704, datum), alertSchema(), {
    deltaMs: 86_400_000,
    pass: 0,
  })
  expect(moved.length).toBe(datum.length + 5)
  type Alert = { diaSource: { midpointMjdTai: number }; prvDiaSources: { midpointMjdTai: number }[] }
  const [before, after] = [datum, moved.subarray(5)].map((one) => alertSchema().decode(one) as Alert)
  expect((after?.diaSource.midpointMjdTai ?? 0) - (before?.diaSource.midpointMjdTai ?? 0)).toBeCloseTo(1, 9)
  after?.prvDiaSources.forEach(({ midpointMjdTai }, index) =>
    expect(midpointMjdTai - (before?.prvDiaSources[index]?.midpointMjdTai ?? 0)).toBeCloseTo(1, 9),
  )
  const differing = moved.subarray(5).filter((byte, index) => byte !== datum[index]).length
  expect(differing).toBeLessThanOrEqual(8 * (1 + 41 + 60))
})

test('numbers grow by their span with each pass, so that no two passes share one', () => {
  const one = rule({ numbers: [{ path: 'id', step: null }] })
  const ids = (pass: number): unknown[] =>
    [5, 9, 6].map((id) => {
      const datum = one.applyToDatum(schema.encode({ ...packet, id }), schema, { deltaMs: 0, pass })
      return (schema.decode(datum) as { id: unknown }).id
    })
  expect([ids(0), ids(1), ids(2)]).toEqual([
    [5, 9, 6],
    [10, 14, 11],
    [15, 19, 16],
  ])
})

test('numbers beyond 2^53 stay exact', () => {
  const id = 9_007_199_254_740_993n
  const one = rule({ numbers: [{ path: 'id', step: 2n }] })
  const datum = one.applyToDatum(schema.encode({ ...packet, id }), schema, { deltaMs: 0, pass: 1 })
  expect((schema.decode(datum) as { id: unknown }).id).toBe(id + 2n)
})

test('a container keeps its schema, codec and mark', () => {
  const writer = new ContainerWriter({ schema, codec: 'deflate', sync: Buffer.alloc(16, 3) })
  writer.add(schema.encode(packet))
  const message = Buffer.concat([writer.header(), writer.flush() ?? new Uint8Array(0)])
  const changed = rule({ times: ['taken_ms'] }).applyToContainer(message, { deltaMs: 1, pass: 0 })
  const { header, datums } = readContainer(changed)
  expect(header).toMatchObject({ codec: 'deflate' })
  expect(header.schema.text).toBe(schema.text)
  expect(schema.decode(datums[0] ?? new Uint8Array(0))).toMatchObject({ taken_ms: 1_001 })
  expect(changed.subarray(-16)).toEqual(Buffer.alloc(16, 3))
})
