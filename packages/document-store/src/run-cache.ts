import {
  decodeDocument,
  unpackEventPages,
  type Event,
  type EventDescriptor,
  type NamedDocument,
  type RunStart,
  type RunStop,
} from '@beamtime/event-model'
import { StoreError } from './error.ts'
import { addFloatKeys, type OpenRun } from './open-run.ts'
import type { RunProgress } from './run-progress.ts'
import type { WriterStatements } from './writer-statements.ts'

/** Runs kept in memory; one that waits for a stop is dropped last, and read again from the file when it goes on. */
const maxRuns = 256
const maxDescriptors = 4096

/** Where the events of a descriptor belong. */
interface Place {
  readonly runUid: string
  readonly stream: number
}

/** Finds the run that a document belongs to: in memory, else in the file. */
export class RunCache {
  /** Runs with documents that are not settled yet. */
  readonly touched = new Set<OpenRun>()
  readonly #sql: WriterStatements
  readonly #runs = new Map<string, OpenRun>()
  readonly #places = new Map<string, Place>()

  constructor(sql: WriterStatements) {
    this.#sql = sql
  }

  /** The run of any document but a start. Throws STORE_ORPHAN. */
  runOf(named: Exclude<NamedDocument, readonly ['start', unknown]>): OpenRun {
    if (isAsset(named)) return this.#runOfAssetDocument(named)
    switch (named[0]) {
      case 'stop':
      case 'descriptor':
        return this.find(named[1].run_start) ?? orphan(named[0], `run ${named[1].run_start}`)
      case 'event':
      case 'event_page':
        return this.#runOfDescriptor(named[1].descriptor)
      case 'bulk_events': {
        const first = Object.values(named[1]).flat()[0]
        return first ? this.#runOfDescriptor(first.descriptor) : this.#latest(named[0])
      }
    }
  }

  #runOfAssetDocument(named: AssetDocument): OpenRun {
    if (named[0] === 'resource' || named[0] === 'stream_resource') {
      const runUid = named[1].run_start
      if (runUid === undefined || runUid === '') return this.#latest(named[0])
      return this.find(runUid) ?? orphan(named[0], `run ${runUid}`)
    }
    const parent = named[0] === 'stream_datum' ? named[1].stream_resource : named[1].resource
    return this.#runOfAsset(parent) ?? orphan(named[0], `resource ${parent}`)
  }

  /** The run with its rows that are not in chunks yet, or null. */
  find(uid: string): OpenRun | null {
    const known = this.#runs.get(uid)
    if (known) return known
    const row = this.#sql.selectRun.get(uid)
    if (!row) return null
    const stop = row['stop'] === null ? null : (JSON.parse(String(row['stop'])) as RunStop)
    const run: OpenRun = {
      id: Number(row['id']),
      uid,
      start: JSON.parse(String(row['start'])) as RunStart,
      stopUid: stop?.uid ?? null,
      nextN: Number(this.#sql.lastN.get(Number(row['id']))?.['n']) + 1,
      pendingDocs: 0,
      pendingBytes: 0,
      streams: new Map(),
      progress: JSON.parse(String(row['progress'])) as RunProgress,
    }
    this.#restoreStreams(run)
    this.#restoreTail(run, Number(row['chunked_n']))
    this.keep(run)
    return run
  }

  keep(run: OpenRun): void {
    this.#runs.set(run.uid, run)
    if (this.#runs.size <= maxRuns) return
    const idle = [...this.#runs.values()].filter((other) => other !== run && !this.touched.has(other))
    const dropped = idle.find((other) => other.stopUid !== null) ?? idle[0]
    if (dropped) this.#runs.delete(dropped.uid)
  }

  drop(run: OpenRun): void {
    this.#runs.delete(run.uid)
  }

  clear(): void {
    this.#runs.clear()
    this.#places.clear()
    this.touched.clear()
  }

  /** Throws STORE_ORPHAN. */
  placeOf(descriptorUid: string): Place {
    const known = this.#places.get(descriptorUid)
    if (known) return known
    const row = this.#sql.selectDescriptor.get(descriptorUid)
    if (!row) return orphan('event', `descriptor ${descriptorUid}`)
    const runUid = String(this.#sql.selectRunUid.get(Number(row['run']))?.['uid'])
    const place = { runUid, stream: Number(row['stream']) }
    this.rememberPlace(descriptorUid, place)
    return place
  }

  rememberPlace(descriptorUid: string, place: Place): void {
    this.#places.set(descriptorUid, place)
    if (this.#places.size <= maxDescriptors) return
    const oldest = this.#places.keys().next()
    if (oldest.done !== true) this.#places.delete(oldest.value)
  }

  #runOfDescriptor(uid: string): OpenRun {
    const { runUid } = this.placeOf(uid)
    return this.find(runUid) ?? orphan('event', `run ${runUid}`)
  }

  #runOfAsset(uid: string): OpenRun | null {
    const row = this.#sql.selectAsset.get(uid)
    if (!row) return null
    return this.find(String(this.#sql.selectRunUid.get(Number(row['run']))?.['uid']))
  }

  /* Older resources do not name their run: then it is the run that was opened last and is still open. */
  #latest(what: string): OpenRun {
    const row = this.#sql.selectLatestOpen.get()
    return (row && this.find(String(row['uid']))) ?? orphan(what, 'run')
  }

  #restoreStreams(run: OpenRun): void {
    for (const row of this.#sql.selectStreams.all(run.id)) {
      run.streams.set(Number(row['id']), {
        id: Number(row['id']),
        name: String(row['name']),
        rows: [],
        numRows: Number(row['num_rows']),
        lastSeq: Number(row['last_seq']),
        repeats: row['repeats'] === 1,
        nextChunk: Number(row['last_chunk']) + 1,
        floatKeys: new Set(),
      })
    }
    for (const row of this.#sql.selectDescriptors.all(run.id)) {
      const stream = run.streams.get(Number(row['stream']))
      if (stream) addFloatKeys(stream, JSON.parse(String(row['doc'])) as EventDescriptor)
    }
  }

  #restoreTail(run: OpenRun, chunkedN: number): void {
    run.pendingDocs = run.nextN - 1 - chunkedN
    for (const row of this.#sql.selectTail.all(run.id, chunkedN)) {
      const bytes = row['msgpack'] as Uint8Array
      run.pendingBytes += bytes.length
      for (const event of eventsOf(decodeDocument(bytes, { validate: false }))) {
        run.streams.get(this.placeOf(event.descriptor).stream)?.rows.push(event)
      }
    }
  }
}

type AssetName = 'resource' | 'stream_resource' | 'stream_datum' | 'datum' | 'datum_page' | 'bulk_datum'
export type AssetDocument = Extract<NamedDocument, readonly [AssetName, unknown]>

const assetNames: ReadonlySet<string> = new Set<AssetName>([
  'resource',
  'stream_resource',
  'stream_datum',
  'datum',
  'datum_page',
  'bulk_datum',
])

/** True for the documents that tell of data outside the events. */
export function isAsset(named: NamedDocument): named is AssetDocument {
  return assetNames.has(named[0])
}

/** The events in a document. */
export function* eventsOf(named: NamedDocument): Generator<Event> {
  if (named[0] === 'event') yield named[1]
  else if (named[0] === 'event_page') yield* unpackEventPages(named[1])
  else if (named[0] === 'bulk_events') yield* Object.values(named[1]).flat()
}

function orphan(name: string, missing: string): never {
  throw new StoreError({
    code: 'STORE_ORPHAN',
    message: `a document '${name}' belongs to an unknown ${missing}`,
    fault: 'peer',
    remedy: 'Publish the documents of a run in order to one partition, the start document first.',
  })
}
