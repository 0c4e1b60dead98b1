/* Frames of the modules into images (daq contract 2.4). Ids that come out strictly increase. An incomplete image holds back newer ones
 * until it is complete, until more than `queueSize` images wait, or for `timeoutMs`. */

export interface SynchroniserOptions {
  /** Modules of an image, at most 128. */
  readonly modules: number
  /** The modules that take part; empty = all. */
  readonly active?: readonly number[]
  /** Default 50. */
  readonly queueSize?: number
  /** Default 1000. */
  readonly timeoutMs?: number
  /** Publish an image whose time is over with what is there. Default false: it is dropped. */
  readonly publishIncomplete?: boolean
  /** An id that is lower by more than this is a detector that was started again. Default 10 000. */
  readonly resetWindow?: number
}

/** An image whose modules have arrived, in full or not. */
export interface SynchronisedImage {
  readonly id: number
  /** Modules that delivered nothing; empty when complete. */
  readonly absent: readonly number[]
  readonly missingPackets: number
  /** What the first module said. */
  readonly meta: Float64Array
  readonly firstPacketMs: number
}

export interface ModuleFrame {
  readonly id: number
  readonly module: number
  readonly missingPackets: number
  readonly meta: Float64Array
  readonly firstPacketMs: number
}

interface Waiting {
  id: number
  readonly absent: Set<number>
  missingPackets: number
  readonly meta: Float64Array
  firstPacketMs: number
  readonly sinceMs: number
}

export class ModuleSynchroniser {
  /** Images that were given up or dropped. */
  corrupted = 0
  /** Frames for images that were published or given up before. */
  ignored = 0
  private readonly options: Required<SynchroniserOptions>
  private readonly active: readonly number[]
  /** Lowest id first. */
  private readonly queue: Waiting[] = []
  private last = -1
  /** Ids above `last` that were given up because a module came twice. */
  private readonly spoiled = new Set<number>()

  constructor(options: SynchroniserOptions) {
    this.options = {
      active: [],
      queueSize: 50,
      timeoutMs: 1000,
      publishIncomplete: false,
      resetWindow: 10_000,
      ...options,
    }
    const { active, modules } = this.options
    this.active =
      active.length > 0
        ? active.map((module) => module % modules)
        : Array.from({ length: modules }, (_, i) => i)
  }

  get waiting(): number {
    return this.queue.length
  }

  /** Takes a module's frame. 1 when an image was given up for it, else 0. */
  add(frame: ModuleFrame, nowMs: number): 0 | 1 {
    if (frame.id <= this.last) {
      if (this.last - frame.id <= this.options.resetWindow) {
        this.ignored += 1
        return 0
      }
      this.restart()
    }
    if (this.spoiled.has(frame.id)) {
      this.ignored += 1
      return 0
    }
    let at = this.queue.length
    while (at > 0 && (this.queue[at - 1]?.id ?? 0) >= frame.id) at -= 1
    const known = this.queue[at]
    return known !== undefined && known.id === frame.id
      ? this.join(known, at, frame)
      : this.insert(at, frame, nowMs)
  }

  /** The next image in order, or undefined when the lowest one still waits. */
  next(nowMs: number): SynchronisedImage | undefined {
    for (let lowest = this.queue[0]; lowest !== undefined; lowest = this.queue[0]) {
      const isLate = nowMs - lowest.sinceMs >= this.options.timeoutMs
      if (lowest.absent.size > 0 && !isLate) return undefined
      this.queue.shift()
      this.pass(lowest.id)
      if (lowest.absent.size > 0 && !this.options.publishIncomplete) {
        this.corrupted += 1
        continue
      }
      if (lowest.absent.size > 0) this.corrupted += 1
      return {
        id: lowest.id,
        absent: [...lowest.absent],
        missingPackets: lowest.missingPackets,
        meta: lowest.meta,
        firstPacketMs: lowest.firstPacketMs,
      }
    }
    return undefined
  }

  private join(known: Waiting, at: number, frame: ModuleFrame): 0 | 1 {
    if (known.absent.delete(frame.module % this.options.modules)) {
      known.missingPackets += frame.missingPackets
      known.firstPacketMs = Math.min(known.firstPacketMs, frame.firstPacketMs)
      return 0
    }
    this.queue.splice(at, 1)
    this.spoiled.add(known.id)
    this.corrupted += 1
    return 1
  }

  private insert(at: number, frame: ModuleFrame, nowMs: number): 0 | 1 {
    let place = at
    if (this.queue.length > this.options.queueSize) {
      const lowest = this.queue.shift()
      if (lowest !== undefined) this.pass(lowest.id)
      this.corrupted += 1
      if (frame.id <= this.last) {
        this.ignored += 1
        return 1
      }
      place = Math.max(0, place - 1)
    }
    const absent = new Set(this.active)
    absent.delete(frame.module % this.options.modules)
    this.queue.splice(place, 0, {
      id: frame.id,
      absent,
      missingPackets: frame.missingPackets,
      meta: Float64Array.from(frame.meta),
      firstPacketMs: frame.firstPacketMs,
      sinceMs: nowMs,
    })
    return this.queue.length > this.options.queueSize ? 1 : 0
  }

  private pass(id: number): void {
    this.last = id
    for (const spoiled of this.spoiled) if (spoiled <= id) this.spoiled.delete(spoiled)
    if (this.spoiled.size > 1_000) this.spoiled.clear()
  }

  /** The ids begin again: what waits is given up. */
  restart(): void {
    this.corrupted += this.queue.length
    this.queue.length = 0
    this.spoiled.clear()
    this.last = -1
  }
}
