import { posix, win32 } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Datum, Event, EventDescriptor, EventPage, NamedDocument, Resource } from './documents.ts'
import { EventModelError } from './error.ts'
import { packEventPages, unpackDatumPages, unpackEventPages } from './pages.ts'

/** Reads one piece of a resource. Rejecting with a system error (one that has a `syscall` or errno code) is retried. */
export type ResourceHandler = (datumKwargs: Readonly<Record<string, unknown>>) => unknown

/** Opens a resource of one spec: its path after the root was mapped, and its kwargs. */
export type ResourceHandlerFactory = (
  path: string,
  resourceKwargs: Readonly<Record<string, unknown>>,
) => ResourceHandler | Promise<ResourceHandler>

export interface FillerOptions {
  /** By resource spec. */
  readonly handlers: Readonly<Record<string, ResourceHandlerFactory>>
  /** Root as recorded to root as found here. */
  readonly rootMap?: Readonly<Record<string, string>>
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Waits between attempts when a file is not there yet. Default 1, 2, 4, … 1024 ms. */
  readonly retryIntervalsMs?: readonly number[]
  readonly signal?: AbortSignal
}

const defaultRetryIntervalsMs = Array.from({ length: 11 }, (_, i) => 2 ** i)

/** Puts external data in place of datum ids. Feed it every document of a run in order; it holds the documents and open
 * handlers of the run until close(). Filled events are new documents. */
export class Filler {
  readonly #options: FillerOptions
  readonly #descriptors = new Map<string, EventDescriptor>()
  readonly #resources = new Map<string, Resource>()
  readonly #datums = new Map<string, Datum>()
  readonly #handlers = new Map<string, ResourceHandler>()

  constructor(options: FillerOptions) {
    this.#options = options
  }

  /** Returns the document, filled when it is an event or a page. Rejects with EVENT_MODEL_FOREIGN_KEY,
   * EVENT_MODEL_NO_HANDLER, EVENT_MODEL_DATA_NOT_ACCESSIBLE, EVENT_MODEL_KEYS_MISMATCH. */
  async fill(named: NamedDocument): Promise<NamedDocument> {
    switch (named[0]) {
      case 'descriptor':
        this.#descriptors.set(named[1].uid, named[1])
        return named
      case 'resource':
        this.#resources.set(named[1].uid, named[1])
        return named
      case 'datum':
        this.#datums.set(named[1].datum_id, named[1])
        return named
      case 'datum_page':
        for (const datum of unpackDatumPages(named[1])) this.#datums.set(datum.datum_id, datum)
        return named
      case 'event':
        return ['event', await this.#fillEvent(named[1])]
      case 'event_page':
        return ['event_page', await this.#fillPage(named[1])]
      case 'start':
      case 'stop':
      case 'stream_resource':
      case 'stream_datum':
      case 'bulk_events':
      case 'bulk_datum':
        return named
    }
  }

  /** Forgets all documents and handlers. */
  close(): Promise<void> {
    this.#descriptors.clear()
    this.#resources.clear()
    this.#datums.clear()
    this.#handlers.clear()
    return Promise.resolve()
  }

  async #fillPage(page: EventPage): Promise<EventPage> {
    if (page.uid.length === 0) return page
    const events: Event[] = []
    for (const event of unpackEventPages(page)) events.push(await this.#fillEvent(event))
    return packEventPages(events)
  }

  async #fillEvent(event: Event): Promise<Event> {
    const { include, exclude } = this.#options
    const keys = this.#keysToFill(event).filter(
      (key) => (include?.includes(key) ?? true) && !(exclude?.includes(key) ?? false),
    )
    if (keys.length === 0) return event
    const data = { ...event.data }
    const filled = { ...event.filled }
    for (const key of keys) {
      const datumId = event.data[key]
      if (!(key in event.data)) throw missingKey(key)
      data[key] = await this.#load(String(datumId))
      filled[key] = String(datumId)
    }
    return { ...event, data, filled }
  }

  /* An event without `filled` says nothing about its keys: then all external ones are open. */
  #keysToFill(event: Event): string[] {
    if (event.filled) return Object.keys(event.filled).filter((key) => event.filled?.[key] === false)
    const descriptor = this.#descriptors.get(event.descriptor)
    if (!descriptor)
      throw foreignKey(`the event ${event.uid} names the unknown descriptor ${event.descriptor}`)
    return Object.entries(descriptor.data_keys).flatMap(([key, dataKey]) =>
      dataKey.external !== undefined && dataKey.external !== 'STREAM:' ? [key] : [],
    )
  }

  async #load(datumId: string): Promise<unknown> {
    const datum = this.#datums.get(datumId)
    if (!datum) throw foreignKey(`an event names the unknown datum ${datumId}`)
    const resource = this.#resources.get(datum.resource)
    if (!resource) throw foreignKey(`the datum ${datumId} names the unknown resource ${datum.resource}`)
    const handler = await this.#handler(resource)
    return this.#retry(async () => handler(datum.datum_kwargs), `the datum ${datumId} cannot be read`)
  }

  async #handler(resource: Resource): Promise<ResourceHandler> {
    const known = this.#handlers.get(resource.uid)
    if (known) return known
    const factory = this.#options.handlers[resource.spec]
    if (!factory) {
      throw new EventModelError({
        code: 'EVENT_MODEL_NO_HANDLER',
        message: `no handler for the spec '${resource.spec}' of resource ${resource.uid}`,
        fault: 'caller',
        remedy: 'Pass a handler for this spec to the Filler.',
      })
    }
    const root = this.#options.rootMap?.[resource.root] ?? resource.root
    const style = resource.path_semantics === 'windows' ? win32 : posix
    const path = root === '' ? resource.resource_path : style.join(root, resource.resource_path)
    const handler = await this.#retry(
      async () => factory(path, resource.resource_kwargs),
      `cannot open ${path}`,
    )
    this.#handlers.set(resource.uid, handler)
    return handler
  }

  async #retry<T>(attempt: () => Promise<T>, failure: string): Promise<T> {
    const intervals = this.#options.retryIntervalsMs ?? defaultRetryIntervalsMs
    for (let i = 0; ; i++) {
      try {
        return await attempt()
      } catch (cause) {
        if (!isSystemError(cause)) throw cause
        const waitMs = intervals[i]
        if (waitMs === undefined) throw notAccessible(failure, cause)
        await delay(waitMs, undefined, this.#options.signal ? { signal: this.#options.signal } : {})
      }
    }
  }
}

function isSystemError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^E[A-Z0-9]+$/.test(error.code)
  )
}

function notAccessible(message: string, cause: unknown): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_DATA_NOT_ACCESSIBLE',
    message,
    fault: 'environment',
    remedy: 'Check that the file is mounted here, or map its root with rootMap.',
    canRetry: true,
    cause,
  })
}

function foreignKey(message: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_FOREIGN_KEY',
    message,
    fault: 'peer',
    remedy: 'Feed all documents of the run, in order.',
  })
}

function missingKey(key: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_KEYS_MISMATCH',
    message: `the key '${key}' is to be filled and not in data`,
    fault: 'peer',
    remedy: 'Name in filled only keys of data.',
  })
}
