import type { CaReading, CaValue, NativeType } from '@beamtime/channel-access'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  disconnectedEntry,
  entryOf,
  parseEntry,
  shapeOf,
  type BufferEntry,
} from '../../src/epics/buffer-entry.ts'
import { epicsBufferConfig } from '../../src/epics/buffer-config.ts'
import { BufferStatistics } from '../../src/epics/buffer-statistics.ts'

function reading(type: NativeType, value: CaValue): CaReading {
  return {
    type,
    value,
    count: 1,
    status: 3,
    severity: 2,
    meta: null,
    acknowledge: null,
    time: { epicsSeconds: 1_000_000_000, nanoseconds: 123_456_789 },
  }
}

const fieldsOf = (entry: BufferEntry): Map<string, Buffer> =>
  new Map(
    Object.entries(entry).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? value : Buffer.from(String(value)),
    ]),
  )

test.each([
  ['string', 'String test', 'string', 'String test', [1]],
  ['double', 1.5, 'f8', '000000000000f83f', [1]],
  ['long', -2, 'i4', 'feffffff', [1]],
  ['short', -2, 'i2', 'feff', [1]],
  ['enum', 3, 'u2', '0300', [1]],
  ['char', 200, 'u1', 'c8', [1]],
  ['float', 1, 'f4', '0000803f', [1]],
  ['double', Float64Array.of(1, 2), 'f8', '000000000000f03f0000000000000040', [2]],
] as const)('a %s is kept by type, shape and bytes', (type, value, name, bytes, shape) => {
  const entry = entryOf(reading(type, value as CaValue), 0)
  expect(entry).toMatchObject({ type: name, status: 'HIHI', connected: '1', id: '1631152000123456' })
  expect(type === 'string' ? entry.value.toString() : entry.value.toString('hex')).toBe(bytes)
  expect(shapeOf(entry)).toEqual(shape)
  expect(parseEntry(fieldsOf(entry))).toEqual(entry)
})

test('a disconnection is an entry without a value at local time', () => {
  const entry = disconnectedEntry(1_700_000_000_000.5)
  expect(entry).toMatchObject({ id: '1700000000000500', type: '', status: '', connected: '0' })
  expect(parseEntry(fieldsOf(entry))).toEqual(entry)
})

test('entries that somebody else broke are left out and never throw', () => {
  const good = entryOf(reading('double', 1), 0)
  const broken = (changes: Partial<BufferEntry>): unknown => parseEntry(fieldsOf({ ...good, ...changes }))
  expect(broken({ id: '-1' })).toBeUndefined()
  expect(broken({ type: 'f16' })).toBeUndefined()
  expect(broken({ value: Buffer.alloc(7) })).toBeUndefined()
  expect(broken({ shape: Buffer.alloc(3) })).toBeUndefined()
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('id', 'type', 'shape', 'value', 'connected'), fc.uint8Array()),
      (fields) => {
        parseEntry(new Map(Object.entries(fields).map(([name, value]) => [name, Buffer.from(value)])))
      },
    ),
  )
})

test('a configuration is refused with its key', () => {
  expect(epicsBufferConfig({})).toEqual({ pulseIdPv: undefined, pvList: [], useArchiverPrecision: false })
  expect(epicsBufferConfig({ pv_list: ['a', 'a', 'b'], pulse_id_pv: 'p' }).pvList).toEqual(['a', 'b'])
  expect(() => epicsBufferConfig({ pv_list: 'a' })).toThrow(/pv_list/)
  expect(() => epicsBufferConfig({ pv_list: ['a', 3] })).toThrow(/pv_list\[1\]/)
  expect(() => epicsBufferConfig({ pulse_id_pv: 3 })).toThrow(/pulse_id_pv/)
  expect(() => epicsBufferConfig({ use_archiver_precision: 'yes' })).toThrow(/use_archiver_precision/)
})

test('statistics are one line of the line protocol and begin anew', () => {
  const statistics = new BufferStatistics('lab buffer', 1_000)
  statistics.record('a', 8)
  statistics.record('a', 8)
  statistics.record('b', 4)
  expect(statistics.line(11_000)).toBe(
    'epics_buffer,service_name=lab\\ buffer n_events=3i,n_bytes=20i,n_channels_changed=2i,throughput_bytes=2.0 11000000000',
  )
  expect(statistics.line(21_000)).toContain('n_events=0i')
})
