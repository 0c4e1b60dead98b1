import type { BulkDatum, BulkEvents, Column, Datum, DatumPage, Event, EventPage } from './documents.ts'
import { EventModelError } from './error.ts'
import type { UnixSeconds } from './time.ts'

type Columns = Readonly<Record<string, Column>>
type Rows = Readonly<Record<string, unknown>>

/** Many events of one descriptor as one page; keys in the order of first appearance, a key that an event lacks as null.
 * Throws EVENT_MODEL_EMPTY_PAGE. */
export function packEventPages(events: readonly Event[]): EventPage {
  const first = events[0]
  if (!first) throw emptyPage('events')
  return {
    uid: events.map((e) => e.uid),
    time: events.map((e) => e.time),
    seq_num: events.map((e) => e.seq_num),
    descriptor: first.descriptor,
    data: toColumns(events.map((e) => e.data)),
    timestamps: toColumns(events.map((e) => e.timestamps)),
    filled: toColumns(events.map((e) => e.filled ?? {})) as Record<string, (boolean | string)[]>,
  }
}

/** The events of one page or of many, in order. A page without columns gives empty events. */
export function* unpackEventPages(pages: EventPage | Iterable<EventPage>): Generator<Event> {
  const list = Symbol.iterator in pages ? pages : [pages]
  for (const page of list) {
    for (const [i, uid] of page.uid.entries()) {
      yield {
        descriptor: page.descriptor,
        uid,
        time: (page.time[i] ?? 0) as UnixSeconds,
        seq_num: page.seq_num[i] ?? 0,
        data: rowOf(page.data, i),
        timestamps: rowOf(page.timestamps, i) as Record<string, UnixSeconds>,
        filled: rowOf(page.filled ?? {}, i) as Record<string, boolean | string>,
      }
    }
  }
}

/** Re-cuts pages of one descriptor to exactly n rows each, the last one shorter. Throws RangeError for n < 1. */
export function* rechunkEventPages(pages: Iterable<EventPage>, n: number): Generator<EventPage> {
  for (const events of chunks(unpackEventPages(pages), n)) yield packEventPages(events)
}

/** Throws EVENT_MODEL_EMPTY_PAGE. */
export function packDatumPages(datums: readonly Datum[]): DatumPage {
  const first = datums[0]
  if (!first) throw emptyPage('datum')
  return {
    datum_id: datums.map((d) => d.datum_id),
    resource: first.resource,
    datum_kwargs: toColumns(datums.map((d) => d.datum_kwargs)),
  }
}

export function* unpackDatumPages(pages: DatumPage | Iterable<DatumPage>): Generator<Datum> {
  const list = Symbol.iterator in pages ? pages : [pages]
  for (const page of list) {
    for (const [i, id] of page.datum_id.entries()) {
      yield { datum_id: id, resource: page.resource, datum_kwargs: rowOf(page.datum_kwargs, i) }
    }
  }
}

/** Re-cuts datum pages of one resource to exactly n rows each, the last one shorter. */
export function* rechunkDatumPages(pages: Iterable<DatumPage>, n: number): Generator<DatumPage> {
  for (const datums of chunks(unpackDatumPages(pages), n)) yield packDatumPages(datums)
}

/** The deprecated bulk_events as one page per descriptor, in order of first appearance. */
export function bulkEventsToPages(bulk: BulkEvents): EventPage[] {
  const byDescriptor = Map.groupBy(Object.values(bulk).flat(), (event) => event.descriptor)
  return [...byDescriptor.values()].map(packEventPages)
}

/** The deprecated bulk_datum as a page. */
export function bulkDatumToPage(bulk: BulkDatum): DatumPage {
  return { datum_id: bulk.datum_ids, resource: bulk.resource, datum_kwargs: toColumns(bulk.datum_kwarg_list) }
}

function* chunks<T>(items: Iterable<T>, n: number): Generator<T[]> {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`a page has at least one row, not ${n}`)
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length === n) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}

function toColumns(rows: readonly Rows[]): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = {}
  for (const [i, row] of rows.entries()) {
    for (const key of Object.keys(row)) {
      const column = (columns[key] ??= Array.from({ length: rows.length }, () => null))
      column[i] = row[key]
    }
  }
  return columns
}

function rowOf(columns: Columns, i: number): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const key of Object.keys(columns)) row[key] = columns[key]?.at(i)
  return row
}

function emptyPage(what: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_EMPTY_PAGE',
    message: `a page cannot be made of no ${what}: its descriptor or resource would be unknown`,
    fault: 'caller',
    remedy: 'Pack at least one document.',
  })
}
