import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bulkDatumToPage,
  bulkEventsToPages,
  NdArray,
  packDatumPages,
  packEventPages,
  rechunkDatumPages,
  rechunkEventPages,
  unixSeconds,
  unpackDatumPages,
  unpackEventPages,
  type Event,
  type EventPage,
} from '../src/index.ts'

const eventAt = (i: number, descriptor = 'd'): Event => ({
  uid: `e${i}`,
  time: unixSeconds(i),
  seq_num: i,
  descriptor,
  data: { det: i * 2, img: `r/${i}` },
  timestamps: { det: unixSeconds(i), img: unixSeconds(i) },
  filled: { img: false },
})
const events = (n: number): Event[] => Array.from({ length: n }, (_, i) => eventAt(i + 1))

test('packing and unpacking gives the events back', () => {
  expect([...unpackEventPages(packEventPages(events(3)))]).toEqual(events(3))
})

test('packing nothing is refused', () => {
  expect(() => packEventPages([])).toThrow(expect.objectContaining({ code: 'EVENT_MODEL_EMPTY_PAGE' }))
  expect(() => packDatumPages([])).toThrow(expect.objectContaining({ code: 'EVENT_MODEL_EMPTY_PAGE' }))
})

test('a page without columns gives empty events', () => {
  const page: EventPage = {
    uid: ['a', 'b'],
    time: [unixSeconds(1), unixSeconds(2)],
    seq_num: [1, 2],
    descriptor: 'd',
    data: {},
    timestamps: {},
  }
  expect([...unpackEventPages(page)].map((e) => e.data)).toEqual([{}, {}])
})

test('typed columns and image columns are unpacked row by row', () => {
  const page: EventPage = {
    uid: ['a', 'b'],
    time: [unixSeconds(1), unixSeconds(2)],
    seq_num: [1, 2],
    descriptor: 'd',
    data: { x: Float64Array.of(5, 6), img: new NdArray('<i4', [2, 2], Int32Array.of(1, 2, 3, 4)) },
    timestamps: { x: [1, 2], img: [1, 2] },
  }
  expect([...unpackEventPages(page)].map((e) => e.data)).toEqual([
    { x: 5, img: Int32Array.of(1, 2) },
    { x: 6, img: Int32Array.of(3, 4) },
  ])
})

test('rechunking keeps every row in order, all pages full but the last', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (cuts, n) => {
        const all = events(cuts.reduce((a, b) => a + b, 0))
        let at = 0
        const pages = cuts.map((size) => packEventPages(all.slice(at, (at += size))))
        const rechunked = [...rechunkEventPages(pages, n)]
        expect(rechunked.flatMap((page) => [...unpackEventPages(page)])).toEqual(all)
        expect(rechunked.slice(0, -1).every((page) => page.uid.length === n)).toBe(true)
      },
    ),
  )
  expect(() => [...rechunkEventPages([packEventPages(events(1))], 0)]).toThrow(RangeError)
})

test('datum pages behave alike', () => {
  const datums = [0, 1, 2].map((i) => ({ datum_id: `r/${i}`, resource: 'r', datum_kwargs: { i } }))
  const page = packDatumPages(datums)
  expect(page).toEqual({ datum_id: ['r/0', 'r/1', 'r/2'], resource: 'r', datum_kwargs: { i: [0, 1, 2] } })
  expect([...unpackDatumPages(page)]).toEqual(datums)
  expect([...rechunkDatumPages([page], 2)].map((p) => p.datum_id)).toEqual([['r/0', 'r/1'], ['r/2']])
})

describe('deprecated bulk documents', () => {
  test('bulk_events become one page per descriptor', () => {
    const pages = bulkEventsToPages({ x: [eventAt(1), eventAt(1, 'other'), eventAt(2)] })
    expect(pages.map((page) => [page.descriptor, page.seq_num])).toEqual([
      ['d', [1, 2]],
      ['other', [1]],
    ])
  })

  test('bulk_datum becomes a page', () => {
    expect(
      bulkDatumToPage({ datum_ids: ['r/0', 'r/1'], datum_kwarg_list: [{ i: 0 }, { i: 1 }], resource: 'r' }),
    ).toEqual({
      datum_id: ['r/0', 'r/1'],
      resource: 'r',
      datum_kwargs: { i: [0, 1] },
    })
  })
})
