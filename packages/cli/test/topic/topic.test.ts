import type { BusRecord } from '@beamtime/bus'
import { createDocumentEncoder, unixSeconds } from '@beamtime/event-model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { consumeFrom } from '../../src/topic/consume-from.ts'
import { recordContent, recordFormats, recordJson, recordLine } from '../../src/topic/record-text.ts'

const record: BusRecord = {
  topic: 't',
  partition: 2,
  offset: 7n,
  timestampMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  key: Buffer.from('k'),
  value: Buffer.from('{"a": 1}'),
  headers: [{ key: 'h', value: Buffer.from([255]) }],
}

test.each([
  ['earliest', 'earliest'],
  ['latest', 'latest'],
  ['17', { offset: 17n }],
  ['-3', { last: 3 }],
  ['10m', { timestampMs: 1_000_000 - 600_000 }],
  ['1970-01-01T00:00:05Z', { timestampMs: 5_000 }],
])('--from %s is %o', (text, from) => {
  expect(consumeFrom(text, 1_000_000)).toEqual(from)
})

test.each(['yesterday', '', '--', '1.5', '10y'])('--from %j is refused as misuse', (text) => {
  expect(() => consumeFrom(text, 0)).toThrow(expect.objectContaining({ code: 'CLI_USAGE' }))
})

test('Bluesky documents, JSON, text and bytes are told apart', () => {
  const start = { uid: 'u', time: unixSeconds(1) }
  const document = createDocumentEncoder().encode(['start', start])
  expect(recordContent(document, 'auto')).toMatchObject({ kind: 'bluesky', name: 'start', doc: start })
  expect(recordContent(Buffer.from('[1]'), 'auto')).toEqual({ kind: 'json', value: [1] })
  expect(recordContent(Buffer.from('hello'), 'auto')).toEqual({ kind: 'text', text: 'hello' })
  expect(recordContent(Buffer.from([0, 255]), 'auto')).toEqual({ kind: 'hex', hex: '00ff' })
  expect(recordContent(null, 'auto')).toEqual({ kind: 'empty' })
  expect(recordContent(Buffer.from('[1]'), 'text')).toEqual({ kind: 'text', text: '[1]' })
})

test('a record as JSON has its place, time, key and headers', () => {
  expect(recordJson(record, 'auto')).toEqual({
    topic: 't',
    partition: 2,
    offset: '7',
    timestamp: '2026-01-02T03:04:05.006Z',
    key: 'k',
    headers: { h: 'ff' },
    format: 'json',
    value: { a: 1 },
  })
})

test('a line fits the terminal', () => {
  expect(recordLine(record, 'auto', 200)).toBe('2:7      2026-01-02 03:04:05.006  k  {"a":1}')
  expect(recordLine(record, 'auto', 20)).toHaveLength(20)
})

test('any bytes are shown in any format', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom(...recordFormats), (value, format) => {
      expect(() => JSON.stringify(recordJson({ ...record, value }, format))).not.toThrow()
      expect(recordLine({ ...record, value }, format, 100).length).toBeLessThanOrEqual(100)
    }),
  )
})
