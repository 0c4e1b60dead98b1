import { decodeDocument } from '@beamtime/event-model'
import type { NamedDocument } from '@beamtime/event-model'
import type { Bus, BusRecord } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { DocumentProgress, DocumentProgressSource } from '../queue/live-status.ts'
import type { RunSummary } from '../ui-types.ts'
import { LiveRun } from './live-run.ts'
import { liveSummary } from './live-summary.ts'
import type { RunLibrary } from './run-library.ts'
import { fillFromStore } from './stored-run.ts'

/** Records read back at the start, to know the run that is open. Older documents of it come from the store. */
const readBack = 2_000
/** Runs kept; the oldest closed one goes first. */
const maxRuns = 8

export interface RunNews {
  readonly uid: string
  readonly kind: 'start' | 'descriptor' | 'rows' | 'stop'
}

/** Runs as they happen, from the documents topics. */
export interface RunFeed {
  readonly progress: DocumentProgressSource
  /** The run that started last, also when it is over; null when none was seen. */
  readonly current: LiveRun | null
  run(uid: string): LiveRun | null
  active(): readonly RunSummary[]
  readonly onNews: Listeners<RunNews>['listen']
  /** Ends when the bus is closed. */
  readonly done: Promise<void>
}

export interface RunFeedOptions {
  readonly bus: Bus | null
  readonly topics: readonly string[]
  readonly library: RunLibrary
  readonly log: Logger
  readonly signal: AbortSignal
  onBus(connected: boolean): void
}

export function followRuns(options: RunFeedOptions): RunFeed {
  return new BusRunFeed(options)
}

class BusRunFeed implements RunFeed {
  readonly done: Promise<void>
  readonly #options: RunFeedOptions
  readonly #runs = new Map<string, LiveRun>()
  readonly #runOfDescriptor = new Map<string, LiveRun>()
  readonly #news = listeners<RunNews>()
  readonly #progressNews = listeners<void>()
  #latest: LiveRun | null = null

  constructor(options: RunFeedOptions) {
    this.#options = options
    const { bus, topics, signal } = options
    this.done =
      bus === null
        ? Promise.resolve()
        : Promise.all(
            topics.map((topic) =>
              bus.tail({
                topic,
                from: { last: readBack },
                signal,
                onRecords: (records) => this.#takeRecords(records),
                onState: (state) => options.onBus(state === 'connected'),
              }),
            ),
          ).then(() => undefined)
  }

  readonly onNews: RunFeed['onNews'] = (callback) => this.#news.listen(callback)

  get current(): LiveRun | null {
    return this.#latest
  }

  run(uid: string): LiveRun | null {
    return this.#runs.get(uid) ?? null
  }

  active(): readonly RunSummary[] {
    return [...this.#runs.values()].filter((run) => run.stop === null).map(liveSummary)
  }

  readonly progress: DocumentProgressSource = {
    current: () => progressOf(this.#latest),
    onChange: (callback) => this.#progressNews.listen(callback),
  }

  #takeRecords(records: readonly BusRecord[]): void {
    const changed = new Map<string, RunNews['kind']>()
    for (const record of records) {
      if (record.value === null) continue
      const named = this.#decode(record.value, record.topic)
      if (named === null) continue
      const news = this.#take(named)
      if (news !== null && news.kind === 'rows') changed.set(news.uid, 'rows')
      else if (news !== null) {
        if (changed.delete(news.uid)) this.#news.emit({ uid: news.uid, kind: 'rows' })
        this.#news.emit(news)
      }
    }
    for (const [uid, kind] of changed) this.#news.emit({ uid, kind })
    if (records.length > 0) this.#progressNews.emit()
  }

  #decode(value: Uint8Array, topic: string): NamedDocument | null {
    try {
      return decodeDocument(value, { validate: false })
    } catch (error) {
      // The store parks such a document; here it is only left out.
      this.#options.log.warn('document.malformed', { topic, err: error })
      return null
    }
  }

  #take(named: NamedDocument): RunNews | null {
    const [name, doc] = named
    if (name === 'start') {
      this.#begin(new LiveRun(doc))
      return { uid: doc.uid, kind: 'start' }
    }
    if (name === 'descriptor')
      return this.#tell(this.#runs.get(doc.run_start) ?? this.#adopt(doc.run_start), named, 'descriptor')
    if (name === 'event' || name === 'event_page')
      return this.#tell(this.#ownerOf(doc.descriptor), named, 'rows')
    // External data are announced, but nothing of them is drawn point by point.
    return name === 'stop' ? this.#tell(this.#runs.get(doc.run_start) ?? null, named, 'stop') : null
  }

  #tell(run: LiveRun | null, named: NamedDocument, kind: RunNews['kind']): RunNews | null {
    if (run === null) return null
    run.take(named)
    if (named[0] === 'descriptor') this.#runOfDescriptor.set(named[1].uid, run)
    return { uid: run.uid, kind }
  }

  #begin(run: LiveRun): void {
    if (this.#runs.has(run.uid)) return
    this.#runs.set(run.uid, run)
    if (this.#latest === null || run.start.time >= this.#latest.start.time) this.#latest = run
    const oldest = [...this.#runs.values()].find((one) => one.stop !== null) ?? [...this.#runs.values()][0]
    if (this.#runs.size <= maxRuns || oldest === undefined) return
    this.#runs.delete(oldest.uid)
    for (const [descriptor, owner] of this.#runOfDescriptor)
      if (owner === oldest) this.#runOfDescriptor.delete(descriptor)
  }

  /** The run began before what was read back: its start and its rows so far come from the store. */
  #adopt(uid: string): LiveRun | null {
    const { library } = this.#options
    const record = library.record(uid)
    if (record === null || record.stop !== null) return null
    const run = new LiveRun(record.start)
    this.#begin(run)
    for (const descriptor of record.descriptors) {
      run.addDescriptor(descriptor)
      this.#runOfDescriptor.set(descriptor.uid, run)
    }
    for (const { name } of run.streams) fillFromStore(run, name, library)
    return run
  }

  #ownerOf(descriptor: string): LiveRun | null {
    const known = this.#runOfDescriptor.get(descriptor)
    if (known !== undefined) return known
    const owner = this.#options.library
      .openRuns()
      .find((record) => record.descriptors.some((one) => one.uid === descriptor))
    return owner === undefined ? null : this.#adopt(owner.start.uid)
  }
}

function progressOf(run: LiveRun | null): DocumentProgress | null {
  if (run === null || run.stop !== null) return null
  const total = run.start['num_points']
  return {
    uid: run.uid,
    n: run.points,
    total: typeof total === 'number' ? total : null,
    startedS: run.start.time,
  }
}
