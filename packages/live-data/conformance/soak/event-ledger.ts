import { binStopNs, eventPool, pixels, poolSize } from './event-pool.ts'

/** Messages [from, to) in the order of the topic. */
export interface MessageSpan {
  readonly from: number
  readonly to: number
}

/**
 * What was sent, counted event by event without the code that is looked at: the image of any span of messages, and which
 * messages were sent with which pulse. The messages are those of a pool in turn, so sums of the pool are all it needs.
 */
export class EventLedger {
  /** Sums over the first n messages of the pool, n from 0 to its size: events in range, and images. */
  readonly #totals: number[] = [0]
  readonly #images: Float64Array[] = [new Float64Array(pixels)]
  readonly #pulseNs: bigint[] = []
  readonly #messagesPerPulse: number
  /** Messages with events; those after it have none. Known when the source has ended. */
  #end = Number.POSITIVE_INFINITY

  constructor(messagesPerPulse: number) {
    this.#messagesPerPulse = messagesPerPulse
    for (const { toa, pixel } of eventPool()) {
      const image = Float64Array.from(this.#images.at(-1) ?? [])
      let total = this.#totals.at(-1) ?? 0
      for (let at = 0; at < toa.length; at++) {
        const time = toa[at] ?? -1
        if (time < 0 || time >= binStopNs) continue
        const place = (pixel[at] ?? 0) - 1
        image[place] = (image[place] ?? 0) + 1
        total += 1
      }
      this.#images.push(image)
      this.#totals.push(total)
    }
  }

  /** The next pulse was sent. */
  pulse(timeNs: bigint): void {
    this.#pulseNs.push(timeNs)
  }

  ends(messages: number): void {
    this.#end = messages
  }

  lastPulseNs(): bigint {
    return this.#pulseNs.at(-1) ?? 0n
  }

  /** The first message at or after a time. */
  firstAt(timeNs: bigint): number {
    let [low, high] = [0, this.#pulseNs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#pulseNs[middle] ?? 0n) < timeNs) low = middle + 1
      else high = middle
    }
    return low * this.#messagesPerPulse
  }

  /** Events that the first messages have in range. */
  eventsIn({ from, to }: MessageSpan): number {
    return this.#sum(to) - this.#sum(from)
  }

  /** The image of some spans is this one, bin for bin. */
  isImage(image: ArrayLike<number>, spans: readonly MessageSpan[]): boolean {
    if (image.length !== pixels) return false
    const left = Float64Array.from(image)
    for (const { from, to } of spans) {
      const [a, b] = [Math.min(from, this.#end), Math.min(to, this.#end)]
      const rounds = Math.floor(b / poolSize) - Math.floor(a / poolSize)
      const [all, head, tail] = [
        this.#images[poolSize],
        this.#images[a % poolSize],
        this.#images[b % poolSize],
      ]
      for (let place = 0; place < pixels; place++) {
        const expected = rounds * (all?.[place] ?? 0) + (tail?.[place] ?? 0) - (head?.[place] ?? 0)
        left[place] = (left[place] ?? 0) - expected
      }
    }
    return left.every((value) => value === 0)
  }

  /** The end of a span from `from` on that has so many events; null when none has. */
  endOf(from: number, events: number): number | null {
    let [low, high] = [from, Math.min(this.#pulseNs.length * this.#messagesPerPulse, this.#end)]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.eventsIn({ from, to: middle }) < events) low = middle + 1
      else high = middle
    }
    return this.eventsIn({ from, to: low }) === events ? low : null
  }

  get messagesPerPulse(): number {
    return this.#messagesPerPulse
  }

  #sum(messages: number): number {
    const count = Math.min(messages, this.#end)
    return (
      Math.floor(count / poolSize) * (this.#totals[poolSize] ?? 0) + (this.#totals[count % poolSize] ?? 0)
    )
  }
}
