import {
  documentNames,
  type Datum,
  type DatumPage,
  type DocumentByName,
  type DocumentName,
  type Event,
  type EventPage,
  type NamedDocument,
} from './documents.ts'
import {
  bulkDatumToPage,
  bulkEventsToPages,
  packDatumPages,
  packEventPages,
  unpackDatumPages,
  unpackEventPages,
} from './pages.ts'
import { assertValidDocument } from './validate.ts'

/** What a consumer handles. A handler returns a document of the same kind to put in place of the one it got, or
 * nothing to pass it on. */
export type DocumentHandlers = {
  readonly [N in DocumentName]?: (doc: DocumentByName[N]) => DocumentByName[N] | void
}

/** Hands each document to the handler of its name. A consumer that has only `event` gets pages row by row, one that has
 * only `event_page` gets events as pages of one row; likewise datum. Documents without handler pass through. */
export class DocumentRouter {
  readonly #handlers: DocumentHandlers

  constructor(handlers: DocumentHandlers) {
    const known: ReadonlySet<string> = new Set(documentNames)
    for (const name of Object.keys(handlers)) {
      if (!known.has(name)) throw new TypeError(`no document is called '${name}'`)
    }
    this.#handlers = handlers
  }

  /** Returns the document as the handlers left it. `validate` checks that (default false). Throws EVENT_MODEL_INVALID. */
  route(named: NamedDocument, options: { readonly validate?: boolean } = {}): NamedDocument {
    const routed = this.#dispatch(named)
    if (options.validate === true) assertValidDocument(routed[0], routed[1])
    return routed
  }

  #dispatch(named: NamedDocument): NamedDocument {
    switch (named[0]) {
      case 'event':
        return ['event', this.#event(named[1])]
      case 'event_page':
        return ['event_page', this.#eventPage(named[1])]
      case 'datum':
        return ['datum', this.#datum(named[1])]
      case 'datum_page':
        return ['datum_page', this.#datumPage(named[1])]
      case 'bulk_events':
        return this.#bulkEvents(named)
      case 'bulk_datum':
        return this.#bulkDatum(named)
      case 'start':
      case 'stop':
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
      case 'stream_datum':
        return this.#direct(named)
    }
  }

  #direct(named: NamedDocument): NamedDocument {
    const handler = this.#handlers[named[0]] as ((doc: unknown) => unknown) | undefined
    return [named[0], handler?.(named[1]) ?? named[1]] as unknown as NamedDocument
  }

  #event(event: Event): Event {
    const { event: onEvent, event_page: onPage } = this.#handlers
    if (onEvent || !onPage) return onEvent?.(event) ?? event
    const page = packEventPages([event])
    const [routed] = unpackEventPages(onPage(page) ?? page)
    return routed ?? event
  }

  #eventPage(page: EventPage): EventPage {
    const { event: onEvent, event_page: onPage } = this.#handlers
    if (onPage || !onEvent || page.uid.length === 0) return onPage?.(page) ?? page
    return packEventPages([...unpackEventPages(page)].map((event) => onEvent(event) ?? event))
  }

  #datum(datum: Datum): Datum {
    const { datum: onDatum, datum_page: onPage } = this.#handlers
    if (onDatum || !onPage) return onDatum?.(datum) ?? datum
    const page = packDatumPages([datum])
    const [routed] = unpackDatumPages(onPage(page) ?? page)
    return routed ?? datum
  }

  #datumPage(page: DatumPage): DatumPage {
    const { datum: onDatum, datum_page: onPage } = this.#handlers
    if (onPage || !onDatum || page.datum_id.length === 0) return onPage?.(page) ?? page
    return packDatumPages([...unpackDatumPages(page)].map((datum) => onDatum(datum) ?? datum))
  }

  #bulkEvents(named: Extract<NamedDocument, readonly ['bulk_events', unknown]>): NamedDocument {
    if (this.#handlers.bulk_events) return ['bulk_events', this.#handlers.bulk_events(named[1]) ?? named[1]]
    for (const page of bulkEventsToPages(named[1])) this.#dispatch(['event_page', page])
    return named
  }

  #bulkDatum(named: Extract<NamedDocument, readonly ['bulk_datum', unknown]>): NamedDocument {
    if (this.#handlers.bulk_datum) return ['bulk_datum', this.#handlers.bulk_datum(named[1]) ?? named[1]]
    this.#dispatch(['datum_page', bulkDatumToPage(named[1])])
    return named
  }
}
