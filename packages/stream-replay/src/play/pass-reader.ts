import type { RecordBatch } from '../batch/batch-header.ts'
import type { MessageRules } from '../rules/message-rules.ts'
import type { Selection } from '../rules/selection.ts'
import { letGo, MergedReader, type Unit } from '../source/merged-reader.ts'
import { documentOf, type StartPlace, type StopPlace } from '../source/place-finder.ts'
import type { StreamSource } from '../source/stream-source.ts'

export interface PassReaderOptions {
  readonly source: StreamSource
  readonly start: StartPlace
  readonly stop: StopPlace
  readonly selection: Selection | null
  /** Every n-th message that is selected. */
  readonly sample: number
  readonly rules: MessageRules
  /** Whether a batch may go out as it is, as far as pace and rules go. */
  mayStayWhole(batch: RecordBatch): boolean
}

/** The messages of one pass that are to be played, in order. */
export class PassReader {
  readonly #options: PassReaderOptions
  readonly #reader: MergedReader
  readonly #hasOnePartition: boolean
  /** Messages passed over or read, from the beginning of the stream as far as it is known. */
  #index: number
  #skip: number
  #selected = 0
  #isOver = false

  constructor(options: PassReaderOptions) {
    this.#options = options
    const { start, stop, source } = options
    this.#index = 0
    this.#skip = start.skip
    this.#hasOnePartition = source.partitions.filter(({ first, last }) => last >= first).length === 1
    const isPlain = options.selection === null && options.sample === 1 && stop.run === null
    this.#reader = new MergedReader(source, {
      from: (partition) => start.from(partition),
      isWhole: (batch) =>
        isPlain && options.mayStayWhole(batch) && this.#isSkippedOrWanted(batch) && this.#isInside(batch),
    })
  }

  /** Batches of one partition stand in the merged order as they are; of several only once nothing is counted any more. */
  #isSkippedOrWanted({ header }: RecordBatch): boolean {
    const needsCount = this.#skip > 0 || this.#options.stop.beforeIndex !== Infinity
    if (!needsCount) return true
    if (!this.#hasOnePartition) return false
    // The head is read one unit ahead: a batch near an edge is taken apart.
    const ahead = header.recordsCount * 2
    return (this.#skip === 0 || this.#skip > ahead) && this.#index + ahead < this.#options.stop.beforeIndex
  }

  #isInside({ header }: RecordBatch): boolean {
    const { start, stop } = this.#options
    return (
      header.baseTimestampMs >= start.minTimeMs &&
      header.maxTimestampMs < stop.beforeTimeMs &&
      header.lastOffset < stop.beforeOffset
    )
  }

  /** Messages of the whole stream before the next one. */
  get index(): number {
    return this.#index
  }

  async next(): Promise<Unit | null> {
    while (!this.#isOver) {
      const unit = await this.#reader.next()
      if (unit === null) break
      const { stop } = this.#options
      if (this.#isBeforeStart(unit)) {
        letGo(unit)
        continue
      }
      if (unit.timeMs >= stop.beforeTimeMs || this.#index >= stop.beforeIndex) break
      this.#index += unit.count
      const isBehind = unit.kind === 'record' && unit.record.offset >= stop.beforeOffset
      if (!isBehind && this.#isEndOfRun(unit)) this.#isOver = true
      if (!isBehind && (await this.#isSelected(unit))) return unit
      letGo(unit)
    }
    this.#isOver = true
    return null
  }

  /** Counts what is passed over. */
  #isBeforeStart(unit: Unit): boolean {
    if (unit.timeMs < this.#options.start.minTimeMs) return true
    if (this.#skip >= unit.count) {
      this.#skip -= unit.count
      this.#index += unit.count
      return true
    }
    this.#skip = 0
    return false
  }

  #isEndOfRun(unit: Unit): boolean {
    const { run } = this.#options.stop
    if (run === null || unit.kind === 'batch') return false
    const document = documentOf(unit.record)
    return document?.name === 'stop' && document.doc['run_start'] === run
  }

  async #isSelected(unit: Unit): Promise<boolean> {
    const { selection, sample, rules } = this.#options
    if (unit.kind === 'batch') return true
    if (selection !== null) {
      const { record, source } = unit
      const missing = selection.readsValue ? rules.missingSchema(record.value) : null
      if (missing !== null) await rules.loadSchema(missing)
      const { topic, partition } = source
      if (!selection.accepts({ ...record, topic, partition }, rules)) return false
    }
    return this.#selected++ % sample === 0
  }

  async close(): Promise<void> {
    await this.#reader.close()
  }
}
