import {
  decodeDocument,
  toJsonText,
  type EventDescriptor,
  type NamedDocument,
  type RunStart,
  type RunStop,
} from '@beamtime/event-model'
import { hash53, identityOf, sameContent } from './document-identity.ts'
import { StoreError } from './error.ts'
import { metadataEntries, searchableText } from './metadata-index.ts'
import { addFloatKeys, appendRow, chunkBytes, chunkDocs, chunkOf, type OpenRun } from './open-run.ts'
import { eventsOf, isAsset, RunCache, type AssetDocument } from './run-cache.ts'
import { emptyProgress, followDescriptor, pointsOf } from './run-progress.ts'
import { devicesOf, startFacts } from './run-summary.ts'
import type { WriterStatements } from './writer-statements.ts'

/** Puts documents into the tables. Knows nothing of transactions; `settle` belongs before a commit, `forget` after a
 * rollback. */
export class DocumentIngest {
  readonly #sql: WriterStatements
  readonly #onDocument: (name: NamedDocument[0]) => void
  readonly #runs: RunCache
  readonly #paths = new Map<string, number>()
  #changed: number

  constructor(sql: WriterStatements, onDocument: (name: NamedDocument[0]) => void) {
    this.#sql = sql
    this.#onDocument = onDocument
    this.#runs = new RunCache(sql)
    this.#changed = Number(sql.maxChanged.get()?.['n'] ?? 0)
  }

  /** Stores a document unless it is there already. Throws STORE_DUPLICATE, STORE_ORPHAN. */
  take(named: NamedDocument, bytes: Uint8Array): void {
    const run =
      named[0] === 'start'
        ? (this.#runs.find(named[1].uid) ?? this.#addRun(named[1]))
        : this.#runs.runOf(named)
    if (!this.#log(run, named, bytes)) return
    this.#onDocument(named[0])
    if (named[0] === 'descriptor') this.#addDescriptor(run, named[1])
    else if (named[0] === 'stop') this.#stop(run, named[1])
    else if (isAsset(named)) this.#addAsset(run, named)
    else this.#addEvents(run, named)
    if (run.pendingDocs >= chunkDocs || run.pendingBytes >= chunkBytes) this.#flush(run)
  }

  /** Writes what is kept per run and not per document. */
  settle(): void {
    // Another connection may have changed a run meanwhile (archive): marks never go back.
    if (this.#runs.touched.size > 0) {
      this.#changed = Math.max(this.#changed, Number(this.#sql.maxChanged.get()?.['n'] ?? 0))
    }
    for (const run of this.#runs.touched) {
      for (const stream of run.streams.values()) {
        this.#sql.updateStream.run(stream.numRows, stream.lastSeq, stream.repeats ? 1 : 0, stream.id)
        run.progress.numEvents[stream.name] = stream.numRows
      }
      this.#sql.updateRun.run(pointsOf(run.progress.numEvents), ++this.#changed, run.id)
      this.#sql.updateProgress.run(JSON.stringify(run.progress), run.id)
      if (run.stopUid !== null) this.#runs.drop(run)
    }
    this.#runs.touched.clear()
  }

  /** Drops everything kept in memory: the file is the truth. */
  forget(): void {
    this.#runs.clear()
    this.#paths.clear()
    this.#changed = Number(this.#sql.maxChanged.get()?.['n'] ?? 0)
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
      JSON.stringify(devicesOf(start)),
      ++this.#changed,
    )
    const id = Number(lastInsertRowid)
    const progress = emptyProgress()
    this.#sql.insertRunJson.run(id, toJsonText(start), JSON.stringify(progress))
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
    this.#runs.keep(run)
    return run
  }

  #pathId(path: string): number {
    const known = this.#paths.get(path)
    if (known !== undefined) return known
    const row = this.#sql.selectPath.get(path)
    const id = row ? Number(row['id']) : Number(this.#sql.insertPath.run(path).lastInsertRowid)
    if (this.#paths.size > 10_000) this.#paths.clear()
    this.#paths.set(path, id)
    return id
  }

  /* True when the document is new. The hash column is unique within a run: a clash is the same document, a changed one,
   * or (one in 10^4 at a million documents) another one, which then takes the next free hash. */
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
    this.#runs.touched.add(run)
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
    this.#runs.rememberPlace(descriptor.uid, { runUid: run.uid, stream: stream.id })
    if (name === 'primary') followDescriptor(run.progress, run.start, descriptor)
  }

  #addEvents(run: OpenRun, named: NamedDocument): void {
    for (const event of eventsOf(named)) {
      const stream = run.streams.get(this.#runs.placeOf(event.descriptor).stream)
      if (!stream)
        throw new Error(`the descriptor ${event.descriptor} belongs to another run than ${run.uid}`)
      appendRow(run, stream, event)
    }
  }

  #addAsset(run: OpenRun, named: AssetDocument): void {
    const [name, doc] = named
    const uid = name === 'datum' ? doc.datum_id : 'uid' in doc ? doc.uid : identityOf(named)
    const parent = name === 'stream_datum' ? doc.stream_resource : 'resource' in doc ? doc.resource : null
    this.#sql.insertAsset.run(
      String(uid),
      run.id,
      name,
      typeof parent === 'string' ? parent : null,
      toJsonText(doc),
    )
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

function duplicate(message: string): StoreError {
  return new StoreError({
    code: 'STORE_DUPLICATE',
    message,
    fault: 'peer',
    remedy: 'Give each document a new uid; a stored document is never changed.',
  })
}
