import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { da00, decodeMessage, decodeVariable, encodeVariable, ev44 } from '@beamtime/stream-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasTimes, renameJob, shiftFlatbuffer } from '../../src/rules/flatbuffer-times.ts'

/** Messages that the Python package ess-streaming-data-types has written. */
const vectors = join(import.meta.dirname, '../../../stream-formats/test/vectors')
const vector = (name: string): Uint8Array => new Uint8Array(readFileSync(join(vectors, `${name}.bin`)))
const valueOf = (bytes: Uint8Array): Record<string, unknown> => decodeMessage(bytes).value as never

/** Fields that differ, and by how much. */
function moved(before: Uint8Array, after: Uint8Array): Record<string, bigint> {
  const [old, now] = [valueOf(before), valueOf(after)]
  return Object.fromEntries(
    Object.entries(now).flatMap(([key, value]) => {
      const was = old[key]
      if (typeof value === 'bigint') return value === was ? [] : [[key, value - (was as bigint)]]
      if (!(value instanceof BigInt64Array || value instanceof BigUint64Array)) {
        expect(value).toEqual(was)
        return []
      }
      const [delta = 0n] = value.map((one, index) => one - ((was as BigInt64Array)[index] ?? 0n))
      return delta === 0n ? [] : [[key, delta]]
    }),
  )
}

test.each([
  ['ev44', { reference_time: 1_500_000_000n }],
  ['ev42', { pulse_time: 1_500_000_000n }],
  ['f144-double', { timestamp: 1_500_000_000n }],
  ['f144-int64', { timestamp: 1_500_000_000n }],
  ['al00', { timestamp: 1_500_000_000n }],
  ['ep01', { timestamp: 1_500_000_000n }],
  ['ad00', { timestamp: 1_500_000_000n }],
  ['da00', { timestamp: 1_500_000_000n }],
  ['tdct', { timestamps: 1_500_000_000n }],
  ['se00', { packet_timestamp: 1_500_000_000n }],
  // A run without an end has 0 there, which is no time.
  ['pl72', { start_time: 1_500n }],
  ['6s4t', { stop_time: 1_500n }],
])('the times of %s move by 1.5 s in place, and nothing else does', (name, wanted) => {
  const before = vector(name)
  const { bytes } = shiftFlatbuffer(before, decodeMessage(before).id, 1_500)
  expect(bytes.length).toBe(before.length)
  expect(moved(before, bytes)).toEqual(wanted)
})

test('messages without times of their own are left alone, as is everything for a shift of nothing', () => {
  for (const name of ['x5f2', 'wrdn', 'answ', 'fc00']) {
    const message = vector(name)
    const { id } = decodeMessage(message)
    expect(hasTimes(id)).toBe(false)
    expect(shiftFlatbuffer(message, id, 5).bytes).toBe(message)
  }
  const message = vector('ev44')
  expect(shiftFlatbuffer(message, 'ev44', 0).bytes).toBe(message)
})

test('start and end times among the signals of a data array move too', () => {
  const times = (values: bigint[]) => ({ kind: 'numbers', values: BigInt64Array.from(values) }) as const
  const variable = (name: string, values: bigint[]) =>
    encodeVariable({
      name,
      unit: 'ns',
      label: null,
      axes: ['t'],
      shape: [values.length],
      data: times(values),
    })
  const message = da00.encode({
    source_name: 's',
    timestamp: 10n,
    data: [variable('start_time', [100n]), variable('counts', [5n, 6n]), variable('end_time', [200n])],
  })
  const { data } = da00.decode(shiftFlatbuffer(message, 'da00', 1).bytes)
  const values = data.map((one) => {
    const { data: decoded } = decodeVariable(one)
    return decoded.kind === 'numbers' ? [...decoded.values] : []
  })
  expect(values).toEqual([[1_000_100n], [5n, 6n], [1_000_200n]])
})

test('a time that is absent because it is zero stays absent, and is told', () => {
  const message = vector('f144-double')
  const view = new DataView(message.buffer)
  const root = view.getUint32(0, true)
  // What a writer does that leaves out default values: no place for slot 1, the timestamp.
  view.setUint16(root - view.getInt32(root, true) + 6, 0, true)
  expect(valueOf(message)['timestamp']).toBe(0n)
  const { bytes, absent } = shiftFlatbuffer(message, 'f144', 1_000)
  expect(absent).toEqual(['f144.timestamp'])
  expect(bytes).toEqual(message)
})

test('a job is renamed by a name of the same length only', () => {
  const message = vector('pl72')
  expect(valueOf(renameJob(message, 'pl72', () => 'job-2'))['job_id']).toBe('job-2')
  expect(renameJob(message, 'pl72', () => 'longer-name')).toBe(message)
  expect(renameJob(vector('ev44'), 'ev44', () => 'x')).toEqual(vector('ev44'))
})

test('pulses keep their distances, to the nanosecond', () => {
  const reference_time = BigInt64Array.from(
    [0n, 71_428_571n, 142_857_143n],
    (ns) => 1_700_000_000_000_000_000n + ns,
  )
  const message = ev44.encode({
    source_name: 'd',
    message_id: 1n,
    reference_time,
    reference_time_index: Int32Array.of(0, 1, 2),
    time_of_flight: Int32Array.of(1, 2, 3),
    pixel_id: Int32Array.of(1, 2, 3),
  })
  const shifted = ev44.decode(shiftFlatbuffer(message, 'ev44', 0.001_5).bytes)
  expect([...shifted.reference_time]).toEqual([...reference_time].map((ns) => ns + 1_500n))
  expect([...shifted.time_of_flight]).toEqual([1, 2, 3])
})

test('a damaged message goes out as it is, whatever its bytes are', () => {
  const names = readdirSync(vectors).filter((name) => name.endsWith('.bin'))
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (name, changes) => {
        const message = new Uint8Array(readFileSync(join(vectors, name)))
        const id = Buffer.from(message.subarray(4, 8)).toString()
        for (const [at, byte] of changes) if (at < message.length) message[at] = byte
        expect(shiftFlatbuffer(message, id, 1_000).bytes.length).toBe(message.length)
        expect(renameJob(message, id, (job) => job).length).toBe(message.length)
      },
    ),
    { numRuns: 3_000 },
  )
})
