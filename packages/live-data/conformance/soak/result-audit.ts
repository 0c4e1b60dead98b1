import { decodeDataArray } from '../../src/data/da00-result.ts'
import { ResultNames } from '../../src/view/result-key.ts'
import type { EventLedger, MessageSpan } from './event-ledger.ts'

/** The results of one job, from its start to its end. A service that was killed starts it again under its number. */
export interface Generation {
  readonly jobNumber: string
  readonly startNs: bigint
  /** Messages that its newest result counts; several while their images cannot be told apart. */
  spans: readonly MessageSpan[]
  results: number
  /** Totals of all results, exact. */
  readonly totals: Set<number>
}

interface Waiting {
  readonly jobNumber: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly image: ArrayLike<number>
}

const imageKey = 'dummy/panel_0_xy/1/panel_0/cumulative'

/** Compares each image since start with the ledger: it must be that of one span of messages, whose end grows. */
export class ResultAudit {
  readonly generations: Generation[] = []
  readonly problems: string[] = []
  readonly lagsMs: number[] = []
  /** Images with messages that came early; see below. */
  holes = 0
  readonly #ledger: EventLedger
  readonly #names = new ResultNames()
  #waiting: Waiting[] = []
  #ended = false

  constructor(ledger: EventLedger) {
    this.#ledger = ledger
  }

  take(bytes: Uint8Array, writtenMs: number): void {
    const name = this.#names.of(bytes)
    if (name?.key !== imageKey) return
    const { array } = decodeDataArray(bytes)
    const time = (coord: string): bigint => BigInt(array.coords[coord]?.values[0] ?? 0)
    const endNs = time('time')
    this.lagsMs.push(writtenMs - Number(endNs / 1_000_000n))
    this.#waiting.push({
      jobNumber: name.jobNumber,
      startNs: time('start_time'),
      endNs,
      image: Float64Array.from(array.signal.values, Number),
    })
    this.check()
  }

  /** Checks what lies before the newest pulse that the ledger knows. */
  check({ isEnd = false } = {}): void {
    this.#ended ||= isEnd
    const known = this.#ledger.lastPulseNs()
    const ready = this.#waiting.filter(({ endNs }) => this.#ended || endNs <= known)
    this.#waiting = this.#waiting.filter((each) => !ready.includes(each))
    for (const each of ready) this.#compare(each)
  }

  newest(): Generation | undefined {
    return this.generations.at(-1)
  }

  #compare(result: Waiting): void {
    const { jobNumber, startNs, endNs, image } = result
    const total = Array.from({ length: image.length }, (_, at) => image[at] ?? 0).reduce((a, b) => a + b, 0)
    const { messagesPerPulse } = this.#ledger
    const before = this.generations.find((one) => one.jobNumber === jobNumber && one.startNs === startNs)
    const known = before ?? { jobNumber, startNs, spans: [], results: 0, totals: new Set<number>() }
    if (before === undefined) this.generations.push(known)
    known.results += 1
    known.totals.add(total)
    // A first window takes all that has come: any message of its first pulse may be the first. One of a single pulse
    // begins a pulse earlier, so that it has a length.
    const first = this.#ledger.firstAt(startNs)
    const froms =
      known.spans.length > 0
        ? known.spans.map(({ from }) => from)
        : Array.from({ length: 2 * messagesPerPulse + 1 }, (_, index) => first + index)
    const spans = froms.flatMap((from) => {
      const to = this.#ledger.endOf(from, total)
      return to !== null && this.#ledger.isImage(image, [{ from, to }]) ? [{ from, to }] : []
    })
    const [span] = spans
    if (span === undefined) {
      if (froms.some((from) => this.#hasHole(image, { from, total, endNs }))) this.holes += 1
      else
        this.#problem(
          `result ${known.results} of job ${jobNumber}: ${total} events are of no span of messages from ${froms[0]} on`,
        )
      return
    }
    if ((before?.spans[0]?.to ?? 0) > span.to)
      this.#problem(`a result of job ${jobNumber} has less than the one before`)
    known.spans = spans
  }

  /**
   * After an outage the source leaves out what is old. Messages further ahead than three windows then join the open window
   * and those before them wait for theirs: [from, end of the window) and [somewhere ahead, ...). The next results have both.
   */
  #hasHole(
    image: ArrayLike<number>,
    { from, total, endNs }: { readonly from: number; readonly total: number; readonly endNs: bigint },
  ): boolean {
    const { messagesPerPulse } = this.#ledger
    for (const to of around(this.#ledger.firstAt(endNs), messagesPerPulse).filter((at) => at > from)) {
      const rest = total - this.#ledger.eventsIn({ from, to })
      if (rest <= 0) continue
      for (
        let ahead = to + messagesPerPulse - (to % messagesPerPulse);
        ahead < to + mostHeld * messagesPerPulse;
        ahead += messagesPerPulse
      ) {
        const end = this.#ledger.endOf(ahead, rest)
        if (
          end !== null &&
          this.#ledger.isImage(image, [
            { from, to },
            { from: ahead, to: end },
          ])
        )
          return true
      }
    }
    return false
  }

  #problem(text: string): void {
    this.problems.push(text)
    console.error(text)
  }
}

/** Pulses that may wait for their window. */
const mostHeld = 70

function around(at: number, distance: number): readonly number[] {
  return Array.from({ length: 2 * distance + 1 }, (_, index) => at - distance + index).filter(
    (one) => one >= 0,
  )
}
