import { unpackEventPages } from '@beamtime/event-model'
import type { Event, EventDescriptor, NamedDocument, RunStart, RunStop } from '@beamtime/event-model'
import type { StreamInfo } from '../ui-types.ts'
import { GrowingRows } from './growing-rows.ts'
import { columnsOf, liveKind } from './stream-columns.ts'

export interface LiveStream {
  readonly name: string
  readonly descriptors: readonly EventDescriptor[]
  readonly rows: GrowingRows
}

/** A run that is put together from its documents as they come. */
export class LiveRun {
  readonly start: RunStart
  readonly #streams = new Map<
    string,
    { readonly name: string; readonly descriptors: EventDescriptor[]; readonly rows: GrowingRows }
  >()
  readonly #streamOf = new Map<string, string>()
  #stop: RunStop | null = null

  constructor(start: RunStart) {
    this.start = start
  }

  get uid(): string {
    return this.start.uid
  }
  get stop(): RunStop | null {
    return this.#stop
  }
  get streams(): readonly LiveStream[] {
    return [...this.#streams.values()]
  }
  get descriptors(): readonly EventDescriptor[] {
    return this.streams.flatMap((stream) => stream.descriptors)
  }
  stream(name: string): LiveStream | null {
    return this.#streams.get(name) ?? null
  }
  /** Rows of the stream that plans count their points in. */
  get points(): number {
    return this.#streams.get('primary')?.rows.total ?? 0
  }

  /** Takes a document of this run. False for an event whose descriptor is not known. */
  take([name, doc]: NamedDocument): boolean {
    switch (name) {
      case 'descriptor':
        this.addDescriptor(doc)
        return true
      case 'event':
        return this.#putEvent(doc)
      case 'event_page': {
        let isKnown = true
        for (const event of unpackEventPages([doc])) isKnown = this.#putEvent(event) && isKnown
        return isKnown
      }
      case 'stop':
        this.#stop = doc
        return true
      case 'start':
      case 'resource':
      case 'datum':
      case 'datum_page':
      case 'stream_resource':
      case 'stream_datum':
      case 'bulk_events':
      case 'bulk_datum':
        return true
    }
  }

  addDescriptor(doc: EventDescriptor): void {
    if (this.#streamOf.has(doc.uid)) return
    const name = doc.name ?? 'primary'
    this.#streamOf.set(doc.uid, name)
    const known = this.#streams.get(name)
    if (known !== undefined) {
      known.descriptors.push(doc)
      return
    }
    const columns = Object.entries(doc.data_keys).flatMap(([column, key]) => {
      const kind = liveKind(key)
      return kind === null ? [] : [{ name: column, kind }]
    })
    this.#streams.set(name, { name, descriptors: [doc], rows: new GrowingRows(columns) })
  }

  knows(descriptor: string): boolean {
    return this.#streamOf.has(descriptor)
  }

  streamInfos(): readonly StreamInfo[] {
    return this.streams.map(({ name, rows, descriptors }) => {
      const [first] = descriptors
      return { name, rows: rows.total, columns: first === undefined ? [] : columnsOf(first) }
    })
  }

  #putEvent(event: Event): boolean {
    const rows = this.#streams.get(this.#streamOf.get(event.descriptor) ?? '')?.rows
    if (rows === undefined) return false
    rows.put({ seq: event.seq_num, timeS: event.time, data: event.data })
    return true
  }
}
