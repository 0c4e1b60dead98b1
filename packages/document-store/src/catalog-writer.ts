import type { DatabaseSync } from 'node:sqlite'
import { decodeDocument, EventModelError, type NamedDocument } from '@beamtime/event-model'
import { DocumentIngest } from './document-ingest.ts'
import { StoreError } from './error.ts'
import { openForWriting } from './schema.ts'
import { prepareWriterStatements, type WriterStatements } from './writer-statements.ts'

/** Where a document came from; the last one applied is kept in the same transaction as the documents. */
export interface Position {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export interface IncomingDocument {
  /** msgpack of [name, document]. */
  readonly bytes: Uint8Array
  readonly position?: Position
}

/** A document that is not stored, and why. */
export interface Rejection {
  /** Index in the list given to apply. */
  readonly index: number
  readonly code: string
  readonly message: string
}

export interface CatalogWriterOptions {
  /** event = every commit is forced to disk, run = the commit of a stop is, at most ten times a second; none = never
   * (for seeding). Default run. */
  readonly sync?: 'event' | 'run' | 'none'
  /** Told once per document that is new. */
  readonly onDocument?: (name: NamedDocument[0]) => void
}

/** A transaction ends after this many documents or this time, and at every stop. */
const maxDocs = 1000
const maxMs = 50
const minSyncIntervalMs = 100

/** The one writer of a catalog file. */
export class CatalogWriter {
  readonly path: string
  readonly #db: DatabaseSync
  readonly #statements: WriterStatements
  readonly #ingest: DocumentIngest
  readonly #options: CatalogWriterOptions
  #lastSyncMs = 0
  #closed = false

  /** Throws STORE_UNWRITABLE, STORE_FORMAT_NEWER. */
  constructor(path: string, options: CatalogWriterOptions = {}) {
    this.path = path
    this.#options = options
    this.#db = openForWriting(path)
    this.#statements = prepareWriterStatements(this.#db)
    this.#ingest = new DocumentIngest(this.#statements, options.onDocument ?? (() => undefined))
    if (options.sync === 'event') this.#db.exec('PRAGMA synchronous = FULL')
  }

  /** Writes the documents in order; when it returns they are committed. A document seen before with the same content is
   * nothing new; one that cannot be stored is returned with its reason and stops nothing.
   * Throws STORE_UNWRITABLE (canRetry): then the rest is not written, and applying the same list again is safe. */
  apply(documents: readonly IncomingDocument[]): readonly Rejection[] {
    if (this.#closed) throw closedError(this.path)
    const rejections: Rejection[] = []
    let from = 0
    let careful = false
    while (from < documents.length) {
      const known = rejections.length
      try {
        from = this.#transaction({ documents, from, careful, rejections })
        careful = false
      } catch (cause) {
        this.#abandon()
        rejections.length = known
        // Something unforeseen in one document: once more, with a savepoint around each.
        if (careful || isEnvironment(cause)) throw unwritable(this.path, cause)
        careful = true
      }
    }
    return rejections
  }

  /** Runs without a stop document. */
  openRuns(): number {
    return Number(this.#statements.countOpen.get()?.['n'] ?? 0)
  }

  /** The last record of each topic partition that is in the file. */
  positions(): readonly Position[] {
    return this.#statements.selectPositions.all().map((row) => ({
      topic: String(row['topic']),
      partition: Number(row['partition']),
      offset: BigInt(row['offset'] as number),
    }))
  }

  /** Closes the file; may be called twice. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#db.close()
  }

  /* Returns the index after the last document that is now committed. */
  #transaction(o: {
    readonly documents: readonly IncomingDocument[]
    readonly from: number
    readonly careful: boolean
    readonly rejections: Rejection[]
  }): number {
    const deadline = performance.now() + maxMs
    this.#statements.begin.run()
    const positions = new Map<string, Position>()
    let index = o.from
    let stopped = false
    while (index < o.documents.length && index - o.from < maxDocs && !stopped) {
      const incoming = o.documents[index]
      if (!incoming) break
      const rejected = o.careful ? this.#applyCarefully(incoming) : this.#applyOne(incoming)
      if (rejected.kind === 'rejected') {
        o.rejections.push({ index, code: rejected.code, message: rejected.message })
        this.#noteRejected(incoming, rejected)
      } else stopped = rejected.name === 'stop'
      if (incoming.position)
        positions.set(`${incoming.position.partition} ${incoming.position.topic}`, incoming.position)
      index++
      if ((index & 15) === 0 && performance.now() > deadline) break
    }
    for (const { topic, partition, offset } of positions.values()) {
      this.#statements.upsertPosition.run(topic, partition, offset)
    }
    this.#ingest.settle()
    this.#commit(stopped)
    return index
  }

  #applyOne(incoming: IncomingDocument): Outcome {
    try {
      const named = decodeDocument(incoming.bytes)
      this.#ingest.take(named, incoming.bytes)
      return { kind: 'stored', name: named[0] }
    } catch (error) {
      if (error instanceof EventModelError || error instanceof StoreError) {
        return { kind: 'rejected', code: error.code, message: error.message }
      }
      throw error
    }
  }

  #applyCarefully(incoming: IncomingDocument): Outcome {
    this.#statements.savepoint.run()
    try {
      const outcome = this.#applyOne(incoming)
      // Nothing of this document may be lost when the next one has to be undone.
      this.#ingest.settle()
      this.#statements.release.run()
      return outcome
    } catch (error) {
      if (isEnvironment(error)) throw error
      this.#statements.undo.run()
      this.#statements.release.run()
      this.#ingest.forget()
      return {
        kind: 'rejected',
        code: 'STORE_MALFORMED',
        message: error instanceof Error ? error.message : String(error),
      }
    }
  }

  #noteRejected(incoming: IncomingDocument, outcome: Outcome & { kind: 'rejected' }): void {
    const { topic, partition, offset } = incoming.position ?? { topic: '', partition: 0, offset: -1n }
    const message = outcome.message.slice(0, 1000)
    this.#statements.insertRejected.run(Date.now() / 1000, topic, partition, offset, outcome.code, message)
    this.#statements.trimRejected.run()
  }

  #commit(stopped: boolean): void {
    const nowMs = performance.now()
    const force =
      stopped && (this.#options.sync ?? 'run') === 'run' && nowMs - this.#lastSyncMs > minSyncIntervalMs
    if (!force) {
      this.#statements.commit.run()
      return
    }
    this.#lastSyncMs = nowMs
    this.#statements.commit.run()
    // In WAL mode NORMAL does not wait for the disk at a commit; a checkpoint does.
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
  }

  #abandon(): void {
    this.#ingest.forget()
    if (this.#db.isTransaction) this.#statements.rollback.run()
  }
}

type Outcome =
  | { readonly kind: 'stored'; readonly name: NamedDocument[0] }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }

/* SQLite result codes that a document can cause: TOOBIG, CONSTRAINT, MISMATCH. Everything else is disk, lock or memory. */
const documentCodes: ReadonlySet<number> = new Set([18, 19, 20])

function isEnvironment(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    !documentCodes.has(error.errcode & 0xff)
  )
}

function unwritable(path: string, cause: unknown): StoreError {
  return new StoreError({
    code: 'STORE_UNWRITABLE',
    message: `cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    fault: 'environment',
    remedy: 'Free disk space and check the folder; the documents wait on the bus meanwhile.',
    canRetry: true,
    cause,
  })
}

function closedError(path: string): StoreError {
  return new StoreError({
    code: 'STORE_CLOSED',
    message: `${path} is closed`,
    fault: 'caller',
    remedy: 'Open the catalog again.',
  })
}
