import { expect, test } from 'vitest'
import { DocumentRouter, packEventPages, unixSeconds, type Event, type EventPage } from '../src/index.ts'

const event = (i: number): Event => ({
  uid: `e${i}`,
  time: unixSeconds(i),
  seq_num: i,
  descriptor: 'd',
  data: { x: i },
  timestamps: { x: unixSeconds(i) },
  filled: {},
})

test('a document without handler passes through', () => {
  const named = ['start', { uid: 'u', time: unixSeconds(1) }] as const
  expect(new DocumentRouter({}).route(named)).toEqual(named)
})

test('what a handler returns takes the place of the document', () => {
  const router = new DocumentRouter({ start: (doc) => ({ ...doc, sample: 'x' }) })
  expect(router.route(['start', { uid: 'u', time: unixSeconds(1) }])[1]).toMatchObject({ sample: 'x' })
})

test('a consumer of events gets the rows of a page', () => {
  const seen: number[] = []
  const router = new DocumentRouter({ event: (e) => void seen.push(e.seq_num) })
  const page = packEventPages([event(1), event(2)])
  expect(router.route(['event_page', page])).toEqual(['event_page', page])
  expect(seen).toEqual([1, 2])
})

test('a consumer of pages gets an event as a page of one row', () => {
  const seen: EventPage[] = []
  const router = new DocumentRouter({ event_page: (page) => void seen.push(page) })
  expect(router.route(['event', event(3)])).toEqual(['event', event(3)])
  expect(seen.map((page) => page.seq_num)).toEqual([[3]])
})

test('datum and datum_page serve for each other', () => {
  const ids: string[] = []
  new DocumentRouter({ datum: (d) => void ids.push(d.datum_id) }).route([
    'datum_page',
    { datum_id: ['r/0', 'r/1'], resource: 'r', datum_kwargs: { i: [0, 1] } },
  ])
  new DocumentRouter({ datum_page: (p) => void ids.push(...p.datum_id) }).route([
    'datum',
    { datum_id: 'r/2', resource: 'r', datum_kwargs: { i: 2 } },
  ])
  expect(ids).toEqual(['r/0', 'r/1', 'r/2'])
})

test('bulk_events reach the event handler', () => {
  const seen: number[] = []
  new DocumentRouter({ event: (e) => void seen.push(e.seq_num) }).route([
    'bulk_events',
    { x: [event(1), event(2)] },
  ])
  expect(seen).toEqual([1, 2])
})

test('validation applies to what comes out', () => {
  const router = new DocumentRouter({ start: (doc) => ({ ...doc, scan_id: 1.5 }) })
  expect(() => router.route(['start', { uid: 'u', time: unixSeconds(1) }], { validate: true })).toThrow(
    expect.objectContaining({ code: 'EVENT_MODEL_INVALID' }),
  )
})

test('a misspelled handler is refused', () => {
  expect(() => new DocumentRouter({ events: () => undefined } as never)).toThrow(TypeError)
})
