import {
  decodeDocument,
  toJsonText,
  unpackEventPages,
  type EventDescriptor,
  type NamedDocument,
  type RunStart,
  type RunStop,
} from '@beamtime/event-model'
import { hash53, identityOf, sameContent } from './document-identity.ts'
import { StoreError } from './error.ts'
import { metadataEntries, searchableText } from './metadata-index.ts'
import { appendRow, chunkBytes, chunkDocs, chunkOf, type OpenRun, type OpenStream } from './open-run.ts'
import { emptyProgress, followDescriptor, pointsOf, type RunProgress } from './run-progress.ts'
import { devicesOf, startFacts } from './run-summary.ts'
import type { WriterStatements } from './writer-statements.ts'

/** Runs kept in memory; the one that waited longest is left to the file. */
const maxOpenRuns = 256
const maxDescriptors = 4096

/** Puts documents into the tables. Knows nothing of transactions; `settle` belongs before a commit, `forget` after a
 * rollback. */
export class DocumentIngest {
  readonly #sql: WriterStatements
  readonly #onDocument: (name: NamedDocument[0]) => void
  readonly #runs = new Map<string, OpenRun>()
  readonly #touched = new Set<OpenRun>()
  readonly #descriptors = new Map<string, { readonly runUid: string; readonly stream: number }>()
  readonly #paths = new Map<string, number>()
  #changed: number

  constructor(sql: WriterStatements, onDocument: (name: NamedDocument[0]) => void) {
    this.#sql = sql
    this.#onDocument = onDocument
    this.#changed = Number(sql.maxChanged.get()?.['n'] ?? 0)
  }

  /** Stores a document unless it is there already. Throws STORE_DUPLICATE, STORE_ORPHAN. */
  take(named: NamedDocument, bytes: Uint8Array): void {
    const run = this.#runOf(named)
    if (!this.#log(run, named, bytes)) return
    this.#onDocument(named[0])
    switch (named[0]) {
      case 'start':
        break
      case 'descriptor':
        this.#addDescriptor(run, named[1])
        break
      case 'event':
        this.#addEvents(run, [named[1]])
        break
      case 'event_page':
        this.#addEvents(run, unpackEventPages(named[1]))
        break
      case 'bulk_events':
        this.#addEvents(run, Object.values(named[1]).flat())
        break
      case 'resource':
      case 'stream_resource':
        this.#sql.insertAsset.run(named[1].uid, run.id, named[0], null, toJsonText(named[1]))
        break
      case 'stream_datum':
        this.#sql.insertAsset.run(
          named[1].uid,
          run.id,
          named[0],
          named[1].stream_resource,
          toJsonText(named[1]),
        )
        break
      case 'datum':
        this.#sql.insertAsset.run(
          named[1].datum_id,
          run.id,
          named[0],
          named[1].resource,
          toJsonText(named[1]),
        )
        break
      case 'datum_page':
      case 'bulk_datum':
        this.#sql.insertAsset.run(
          identityOf(named),
          run.id,
          named[0],
          named[1].resource,
          toJsonText(named[1]),
        )
        break
      case 'stop':
        this.#stop(run, named[1])
    }
    if (run.pendingDocs >= chunkDocs || run.pendingBytes >= chunkBytes) this.#flush(run)
  }

  /** Writes what is kept per run and not per document. */
  settle(): void {
    for (const run of this.#touched) {
      for (const stream of run.streams.values()) {
        this.#sql.updateStream.run(stream.numRows, stream.lastSeq, stream.repeats ? 1 : 0, stream.id)
        run.progress.numEvents[stream.name] = stream.numRows
      }
      this.#sql.updateRun.run(pointsOf(run.progress.numEvents), ++this.#changed, run.id)
      this.#sql.updateProgress.run(JSON.stringify(run.progress), run.id)
      if (run.stopUid !== null) this.#runs.delete(run.uid)
    }
    this.#touched.clear()
  }

  /** Drops everything kept in memory: the file is the truth. */
  forget(): void {
    this.#runs.clear()
    this.#touched.clear()
    this.#descriptors.clear()
    this.#paths.clear()
    this.#changed = Number(this.#sql.maxChanged.get()?.['n'] ?? 0)
  }

  #runOf(named: NamedDocument): OpenRun {
    switch (named[0]) {
      case 'start':
        return this.#find(named[1].uid) ?? this.#addRun(named[1])
      case 'stop':
      case 'descriptor':
        return (
          this.#find(named[1].run_start) ??
          orphan(`the ${named[0]} ${named[1].uid}`, `run ${named[1].run_start}`)
        )
      case 'event':
      case 'event_page':
        return this.#runOfDescriptor(named[1].descriptor)
      case 'bulk_events': {
        const first = Object.values(named[1]).flat()[0]
        return first ? this.#runOfDescriptor(first.descriptor) : this.#latest('bulk_events without events')
      }
      case 'resource':
      case 'stream_resource': {
        const { run_start: runUid, uid } = named[1]
        const run = runUid ? this.#find(runUid) : this.#latest(`the ${named[0]} ${uid}`)
        return run ?? orphan(`the ${named[0]} ${uid}`, `run ${runUid}`)
      }
      case 'datum':
      case 'datum_page':
      case 'bulk_datum':
        return this.#runOfAsset(named[1].resource) ?? orphan(`a ${named[0]}`, `resource ${named[1].resource}`)
      case 'stream_datum':
        return (
          this.#runOfAsset(named[1].stream_resource) ??
          orphan(`the stream_datum ${named[1].uid}`, `stream_resource ${named[1].stream_resource}`)
        )
    }
  }

  #runOfDescriptor(uid: string): OpenRun {
    const place = this.#placeOf(uid)
    return this.#find(place.runUid) ?? orphan('an event', `run ${place.runUid}`)
  }

  #runOfAsset(uid: string): OpenRun | null {
    const row = this.#sql.selectAsset.get(uid)
    if (!row) return null
    return this.#find(String(this.#sql.selectRunUid.get(Number(row['run']))?.['uid']))
  }

  /* Older resources do not name their run: then it is the run that was opened last and is still open. */
  #latest(what: string): OpenRun {
    const row = this.#sql.selectLatestOpen.get()
    return (row && this.#find(String(row['uid']))) ?? orphan(what, 'run')
  }

  #placeOf(descriptorUid: string): { readonly runUid: string; readonly stream: number } {
    const known = this.#descriptors.get(descriptorUid)
    if (known) return known
    const row = this.#sql.selectDescriptor.get(descriptorUid)
    if (!row) return orphan('an event', `descriptor ${descriptorUid}`)
    const runUid = String(this.#sql.selectRunUid.get(Number(row['run']))?.['uid'])
    return this.#remember(descriptorUid, { runUid, stream: Number(row['stream']) })
  }

  #remember<T extends { readonly runUid: string; readonly stream: number }>(
    descriptorUid: string,
    place: T,
  ): T {
    this.#descriptors.set(descriptorUid, place)
    dropOldest(this.#descriptors, maxDescriptors)
    return place
  }

  /* From memory, else from the file, with the rows that are not in chunks yet. */
  #find(uid: string): OpenRun | null {
    const known = this.#runs.get(uid)
    if (known) return known
    const row = this.#sql.selectRun.get(uid)
    if (!row) return null
    const id = Number(row['id'])
    const chunkedN = Number(row['chunked_n'])
    const stop = row['stop'] === null ? null : (JSON.parse(String(row['stop'])) as RunStop)
    const run: OpenRun = {
      id,
      uid,
      start: JSON.parse(String(row['start'])) as RunStart,
      stopUid: stop?.uid ?? null,
      nextN: Number(this.#sql.lastN.get(id)?.['n']) + 1,
      pendingDocs: 0,
      pendingBytes: 0,
      streams: new Map(),
      progress: JSON.parse(String(row['progress'])) as RunProgress,
    }
    for (const stream of this.#sql.selectStreams.all(id)) {
      run.streams.set(Number(stream['id']), {
        id: Number(stream['id']),
        name: String(stream['name']),
        rows: [],
        numRows: Number(stream['num_rows']),
        lastSeq: Number(stream['last_seq']),
        repeats: stream['repeats'] === 1,
        nextChunk: Number(stream['last_chunk']) + 1,
        floatKeys: new Set(),
      })
    }
    for (const descriptor of this.#sql.selectDescriptors.all(id)) {
      const stream = run.streams.get(Number(descriptor['stream']))
      if (stream) addFloatKeys(stream, JSON.parse(String(descriptor['doc'])) as EventDescriptor)
    }
    this.#restoreTail(run, chunkedN)
    this.#keep(run)
    return run
  }

  #restoreTail(run: OpenRun, chunkedN: number): void {
    run.pendingDocs = run.nextN - 1 - chunkedN
    for (const row of this.#sql.selectTail.all(run.id, chunkedN)) {
      const bytes = row['msgpack'] as Uint8Array
      run.pendingBytes += bytes.length
      const [name, doc] = decodeDocument(bytes, { validate: false })
      const events =
        name === 'event'
          ? [doc]
          : name === 'event_page'
            ? unpackEventPages(doc)
            : name === 'bulk_events'
              ? Object.values(doc).flat()
              : []
      for (const event of events) run.streams.get(this.#placeOf(event.descriptor).stream)?.rows.push(event)
    }
  }

  #keep(run: OpenRun): void {
    this.#runs.set(run.uid, run)
    if (this.#runs.size <= maxOpenRuns) return
    const idle = [...this.#runs.values()].filter((other) => other !== run && !this.#touched.has(other))
    const dropped = idle.find((other) => other.stopUid !== null) ?? idle[0]
    if (dropped) this.#runs.delete(dropped.uid)
  }

  #addRun(start: RunStart): OpenRun {
    const facts = startFacts(start)
    const { lastInsertRowid } = this.#sql.insertRun.run(
      start.uid,
      facts.scanId,
      start.time,
      facts.planName,
      facts.sample,
      facts.title,
      facts.user,
      facts.dataSession,
      facts.owner,
      facts.numPoints,
      ++this.#changed,
    )
    const id = Number(lastInsertRowid)
    const progress = emptyProgress()
    this.#sql.insertRunJson.run(
      id,
      toJsonText(start),
      JSON.stringify(devicesOf(start)),
      JSON.stringify(progress),
    )
    this.#sql.insertWords.run(id, searchableText(start))
    for (const { path, num, text } of metadataEntries(start))
      this.#sql.insertKv.run(id, this.#pathId(path), num, text)
    const run: OpenRun = {
      id,
      uid: start.uid,
      start,
      stopUid: null,
      nextN: 0,
      pendingDocs: 0,
      pendingBytes: 0,
      streams: new Map(),
      progress,
    }
    this.#keep(run)
    return run
  }

  #pathId(path: string): number {
    const known = this.#paths.get(path)
    if (known !== undefined) return known
    const row = this.#sql.selectPath.get(path)
    const id = row ? Number(row['id']) : Number(this.#sql.insertPath.run(path).lastInsertRowid)
    this.#paths.set(path, id)
    dropOldest(this.#paths, 10_000)
    return id
  }

  /* True when the document is new. The hash column is unique within a run: a clash is the same document, a changed one,
   * or (one in 10^9 at a million documents) another one, which then takes the next free hash. */
  #log(run: OpenRun, named: NamedDocument, bytes: Uint8Array): boolean {
    if (named[0] === 'stop' && run.stopUid !== null && run.stopUid !== named[1].uid) {
      throw duplicate(`the run ${run.uid} has the stop document ${run.stopUid} already`)
    }
    const identity = identityOf(named)
    for (let hash = hash53(identity); ; hash++) {
      const { changes } = this.#sql.insertDoc.run(run.id, run.nextN, named[0], hash, bytes)
      if (changes === 1) break
      const stored = this.#sql.selectDocByHash.get(run.id, hash)?.['msgpack'] as Uint8Array | undefined
      if (!stored) throw new Error(`doc_log of run ${run.uid} has the document ${run.nextN} already`)
      if (identityOf(decodeDocument(stored, { validate: false })) !== identity) continue
      if (sameContent(stored, bytes)) return false
      throw duplicate(`${identity.slice(0, 100)} came before with other content`)
    }
    run.nextN++
    run.pendingDocs++
    run.pendingBytes += bytes.length
    this.#touched.add(run)
    return true
  }

  #addDescriptor(run: OpenRun, descriptor: EventDescriptor): void {
    const name = descriptor.name ?? ''
    let stream = [...run.streams.values()].find((known) => known.name === name)
    if (!stream) {
      const id = Number(this.#sql.insertStream.run(run.id, name).lastInsertRowid)
      stream = {
        id,
        name,
        rows: [],
        numRows: 0,
        lastSeq: 0,
        repeats: false,
        nextChunk: 0,
        floatKeys: new Set(),
      }
      run.streams.set(id, stream)
    }
    addFloatKeys(stream, descriptor)
    this.#sql.insertDescriptor.run(descriptor.uid, run.id, stream.id, descriptor.time, toJsonText(descriptor))
    this.#remember(descriptor.uid, { runUid: run.uid, stream: stream.id })
    if (name === 'primary') followDescriptor(run.progress, run.start, descriptor)
  }

  #addEvents(run: OpenRun, events: Iterable<Parameters<typeof appendRow>[2]>): void {
    for (const event of events) {
      const stream = run.streams.get(this.#placeOf(event.descriptor).stream)
      if (!stream)
        throw new Error(`the descriptor ${event.descriptor} belongs to another run than ${run.uid}`)
      appendRow(run, stream, event)
    }
  }

  #flush(run: OpenRun): void {
    for (const stream of run.streams.values()) {
      const first = stream.rows[0]
      if (!first) continue
      const blob = chunkOf(stream)
      this.#sql.insertChunk.run(stream.id, stream.nextChunk++, first.seq_num, stream.rows.length, blob)
      stream.rows = []
    }
    run.pendingDocs = 0
    run.pendingBytes = 0
    this.#sql.updateChunked.run(run.nextN - 1, run.id)
  }

  #stop(run: OpenRun, stop: RunStop): void {
    this.#flush(run)
    run.stopUid = stop.uid
    this.#sql.stopRun.run(stop.time, stop.exit_status, run.id)
    this.#sql.stopRunJson.run(toJsonText(stop), run.id)
    this.#sql.deleteWords.run(run.id)
    this.#sql.insertWords.run(run.id, searchableText(run.start, stop))
  }
}

function addFloatKeys(stream: OpenStream, descriptor: EventDescriptor): void {
  for (const [key, dataKey] of Object.entries(descriptor.data_keys)) {
    if (dataKey.dtype === 'number') stream.floatKeys.add(key)
  }
}

function dropOldest<V>(map: Map<string, V>, max: number): void {
  if (map.size <= max) return
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}

function orphan(what: string, missing: string): never {
  throw new StoreError({
    code: 'STORE_ORPHAN',
    message: `${what} belongs to an unknown ${missing}`,
    fault: 'peer',
    remedy: 'Publish the documents of a run in order to one partition, the start document first.',
  })
}

function duplicate(message: string): StoreError {
  return new StoreError({
    code: 'STORE_DUPLICATE',
    message,
    fault: 'peer',
    remedy: 'Give each document a new uid; a stored document is never changed.',
  })
}
