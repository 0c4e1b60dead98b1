import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clampTo, convertElements } from '../../src/dbr/convert-value.ts'
import type { CaMetadata, CaValue } from '../../src/dbr/dbr-reading.ts'
import { dbrForms, dbrId, dbrTypes, nativeTypes, type NativeType } from '../../src/dbr/dbr-type.ts'
import { decodeDbr } from '../../src/dbr/decode-dbr.ts'
import { encodeDbr } from '../../src/dbr/encode-dbr.ts'
import { epicsTimeOfUnixMs, unixNsOf, unixSecondsOf } from '../../src/dbr/epics-time.ts'
import { encodePut } from '../../src/dbr/put-value.ts'

const arrays: Record<NativeType, (count: number) => CaValue> = {
  string: (n) => Array.from({ length: n }, (_, i) => `text ${i}`),
  short: (n) => Int16Array.from({ length: n }, (_, i) => -i * 7),
  float: (n) => Float32Array.from({ length: n }, (_, i) => i / 4),
  enum: (n) => Uint16Array.from({ length: n }, (_, i) => 65_535 - i),
  char: (n) => Uint8Array.from({ length: n }, (_, i) => 200 + (i % 50)),
  long: (n) => Int32Array.from({ length: n }, (_, i) => -1_000_000 * i),
  double: (n) => Float64Array.from({ length: n }, (_, i) => i * 1e-9),
}

const limits = (low: number, high: number): { low: number; high: number } => ({ low, high })

function metaOf(native: NativeType, form: string): CaMetadata | null {
  if ((form !== 'gr' && form !== 'ctrl') || native === 'string') return null
  if (native === 'enum') return { kind: 'enum', states: ['Off', 'On', 'a state of 25 characters.'] }
  return {
    kind: 'number',
    units: 'counts',
    precision: native === 'float' || native === 'double' ? 4 : null,
    display: limits(1, 90),
    alarm: limits(2, 80),
    warning: limits(3, 70),
    control: form === 'ctrl' ? limits(4, 60) : null,
  }
}

const cases = nativeTypes.flatMap((native) =>
  dbrForms.flatMap((form) => [0, 1, 7].map((count) => ({ native, form, count }))),
)

test.each(cases)(
  '$native in form $form with $count elements keeps value, alarm, time and metadata',
  ({ native, form, count }) => {
    const alarm = form === 'plain' ? { status: 0, severity: 0 } : { status: 3, severity: 2 }
    const time = form === 'time' ? { epicsSeconds: 4_000_000_000, nanoseconds: 999_999_999 } : null
    const given = {
      value: arrays[native](count),
      ...alarm,
      time,
      meta: metaOf(native, form),
      acknowledge: null,
    }
    const dbr = dbrId(native, form)
    const payload = encodeDbr(dbr, given)
    const type = dbrTypes[dbr]
    expect(payload.length).toBe((type?.offsetBytes ?? 0) + count * (type?.elementBytes ?? 0))
    expect(decodeDbr({ dbr, count, payload, scalar: false })).toEqual({ ...given, type: native, count })
  },
)

test('acknowledgeable alarms carry their two fields', () => {
  const given = {
    value: ['x'],
    status: 1,
    severity: 2,
    time: null,
    meta: null,
    acknowledge: { transient: 1, severity: 3 },
  }
  expect(decodeDbr({ dbr: 37, count: 1, payload: encodeDbr(37, given), scalar: false })).toMatchObject(given)
})

test('the count of a reply is clipped to what its payload holds', () => {
  const payload = encodeDbr(6, {
    value: Float64Array.of(1, 2),
    status: 0,
    severity: 0,
    time: null,
    meta: null,
    acknowledge: null,
  })
  expect(decodeDbr({ dbr: 6, count: 1_000_000_000, payload, scalar: false })).toMatchObject({ count: 2 })
})

test('a CTRL_STRING with the twelve bytes of TIME_STRING in front is read by its size', () => {
  const payload = new Uint8Array(56)
  payload.set(new TextEncoder().encode('caproto'), 12)
  expect(decodeDbr({ dbr: 28, count: 1, payload, scalar: true }).value).toBe('caproto')
  const proper = new Uint8Array(48)
  proper.set(new TextEncoder().encode('rsrv'), 4)
  expect(decodeDbr({ dbr: 28, count: 1, payload: proper, scalar: true }).value).toBe('rsrv')
})

test('a string may come shorter than 40 bytes, at full length without NUL, and in Latin-1', () => {
  const read = (payload: Uint8Array): unknown => decodeDbr({ dbr: 0, count: 1, payload, scalar: true }).value
  expect(read(Uint8Array.from(Buffer.from('3.25\0\0\0\0')))).toBe('3.25')
  expect(read(new Uint8Array(40).fill(0x61))).toBe('a'.repeat(40))
  expect(read(Uint8Array.of(0xb5, 0x6d, 0))).toBe('µm')
  expect(read(Uint8Array.from(Buffer.from('µm\0')))).toBe('µm')
})

test('an array outlives the buffer that it was read from', () => {
  for (const [dbr, bytes] of [
    [4, 1],
    [1, 2],
    [5, 4],
    [6, 8],
  ] as const) {
    const payload = new Uint8Array(64 * bytes).fill(1)
    const read = decodeDbr({ dbr, count: 64, payload, scalar: false }).value
    const before = Array.from(read as Uint8Array)
    payload.fill(2)
    expect(Array.from(read as Uint8Array)).toEqual(before)
  }
})

test('any bytes as any type are a reading or a malformed peer', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 600 }),
      fc.integer({ min: 0, max: 60 }),
      fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      fc.boolean(),
      (payload, dbr, count, scalar) => {
        try {
          const reading = decodeDbr({ dbr, count, payload, scalar })
          expect(reading.count).toBeLessThanOrEqual(Math.max(count, 0))
        } catch (error) {
          expect(error).toMatchObject({ code: 'CA_PEER_MALFORMED' })
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('conversions follow the server rules', () => {
  const convert = (value: number | string, from: NativeType, to: NativeType, context = {}): unknown =>
    convertElements([value], { from, to }, context)?.[0]
  expect(convert(1.5, 'double', 'string', { precision: 3 })).toBe('1.500')
  expect(convert(-70_000, 'long', 'string')).toBe('-70000')
  expect(convert(1, 'enum', 'string', { states: ['Off', 'On'] })).toBe('On')
  expect(convert('On', 'string', 'enum', { states: ['Off', 'On'] })).toBe(1)
  expect(convert('1', 'string', 'enum', { states: ['Off', 'On'] })).toBe(1)
  expect(convert('Bogus', 'string', 'enum', { states: ['Off', 'On'] })).toBeUndefined()
  expect(convert('4x', 'string', 'double')).toBeUndefined()
  expect(convert('-2.75', 'string', 'long')).toBe(-2)
  expect(convert(-2.75, 'double', 'long')).toBe(-2)
  expect(convert(1e12, 'double', 'long')).toBe(2_147_483_647)
  expect(convert(-1, 'long', 'enum')).toBe(0)
  expect(clampTo('char', NaN)).toBe(0)
  expect(convertElements([...Buffer.from('abc\0def')], { from: 'char', to: 'string' })).toEqual(['abc'])
})

test('a put that the type cannot hold is refused before it is sent', () => {
  const put = (value: Parameters<typeof encodePut>[0], native: NativeType, count = 1): unknown =>
    encodePut(value, { native, count })
  expect(() => put(70_000, 'short')).toThrow('CA_VALUE_UNFIT')
  expect(() => put(NaN, 'long')).toThrow('CA_VALUE_UNFIT')
  expect(() => put([1, 2], 'double')).toThrow('CA_VALUE_UNFIT')
  expect(() => put('x'.repeat(40), 'string')).toThrow('CA_VALUE_UNFIT')
  expect(put(2.9, 'long')).toMatchObject({ dbr: 5, payload: Uint8Array.of(0, 0, 0, 2) })
  expect(put('3.25', 'double')).toMatchObject({
    dbr: 0,
    count: 1,
    payload: Uint8Array.from(Buffer.from('3.25\0')),
  })
  expect(put('path', 'char', 256)).toMatchObject({ dbr: 4, count: 5 })
})

test('times convert exactly', () => {
  const time = { epicsSeconds: 1_164_069_087, nanoseconds: 582_020_001 }
  expect(unixNsOf(time)).toBe(1_795_221_087_582_020_001n)
  expect(unixSecondsOf(time)).toBeCloseTo(1_795_221_087.58202, 6)
  expect(epicsTimeOfUnixMs(1_795_221_087_582)).toEqual({
    epicsSeconds: 1_164_069_087,
    nanoseconds: 582_000_000,
  })
})
