/* Which pulse a value belongs to (daq contract 14.2): the last pulse whose EPICS time is not later; a value at the very time of the
 * next pulse still counts to the previous one; values before the first pulse get 0. */

export interface TimelinePoint {
  /** Microseconds since 1970. */
  readonly epicsUs: number
  readonly pulseId: number
}

const firstRoom = 1_024

/** Pulses by their EPICS times: 16 bytes a pulse, a day at 100 Hz is 138 MB. */
export class PulseTimeline {
  private times = new Float64Array(firstRoom)
  private pulses = new Float64Array(firstRoom)
  private count = 0

  get length(): number {
    return this.count
  }

  /** Adds points; one whose time is not above the last one's is left out, as no value could belong to it. */
  add(points: readonly TimelinePoint[]): void {
    for (const { epicsUs, pulseId } of points) {
      if (this.count > 0 && epicsUs <= (this.times[this.count - 1] ?? 0)) continue
      if (this.count === this.times.length) this.grow()
      this.times[this.count] = epicsUs
      this.pulses[this.count] = pulseId
      this.count += 1
    }
  }

  pulseOf(epicsUs: number): number {
    if (this.count === 0 || epicsUs < (this.times[0] ?? 0)) return 0
    // The last point whose time is below; the first one also for its own time.
    let low = 0
    let high = this.count - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.times[middle] ?? 0) < epicsUs) low = middle
      else high = middle - 1
    }
    return this.pulses[low] ?? 0
  }

  private grow(): void {
    const grown = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(old.length * 2)
      larger.set(old)
      return larger
    }
    this.times = grown(this.times)
    this.pulses = grown(this.pulses)
  }
}
