/* Frames of the modules into images (daq contract 2.4). Ids that come out strictly increase. An incomplete image holds back newer ones
 * until it is complete, until more than `queueSize` images wait, or for `timeoutMs`. Where ports take turns (GIGAFROST), an image also
 * waits until the other ports have passed it: theirs may be older and still incomplete, so that nothing is known of it here. */

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
  /** How long an image waits for ports that take turns with its own. Default 200. */
  readonly turnMs?: number
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
  /** Which of the port groups that take turns sent it. Default 0. */
  readonly turn?: number
  readonly missingPackets: number
  readonly meta: Float64Array
  readonly firstPacketMs: number
}

/** How far a port has come. */
interface Progress {
  readonly turn: number
  id: number
  atMs: number
}

interface Waiting {
  readonly turn: number
  /** When the last module came. */
  wholeMs: number
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
  /** By turn and module; empty as long as one group of ports sends all. */
  private readonly progress = new Map<number, Progress>()

  constructor(options: SynchroniserOptions) {
    this.options = {
      active: [],
      queueSize: 50,
      timeoutMs: 1000,
      publishIncomplete: false,
      resetWindow: 10_000,
      turnMs: 200,
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
    this.note(frame, nowMs)
    if (this.spoiled.has(frame.id)) {
      this.ignored += 1
      return 0
    }
    let at = this.queue.length
    while (at > 0 && (this.queue[at - 1]?.id ?? 0) >= frame.id) at -= 1
    const known = this.queue[at]
    return known !== undefined && known.id === frame.id
      ? this.join(known, at, { frame, nowMs })
      : this.insert(at, frame, nowMs)
  }

  /** The next image in order, or undefined when the lowest one still waits. */
  next(nowMs: number): SynchronisedImage | undefined {
    for (let lowest = this.queue[0]; lowest !== undefined; lowest = this.queue[0]) {
      const isLate = nowMs - lowest.sinceMs >= this.options.timeoutMs
      if (lowest.absent.size > 0 && !isLate) return undefined
      if (lowest.absent.size === 0 && this.isTooEarly(lowest, nowMs)) return undefined
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

  private note(frame: ModuleFrame, nowMs: number): void {
    const { turn = 0 } = frame
    const key = turn * this.options.modules + (frame.module % this.options.modules)
    const known = this.progress.get(key)
    if (known === undefined) this.progress.set(key, { turn, id: frame.id, atMs: nowMs })
    else {
      known.id = Math.max(known.id, frame.id)
      known.atMs = nowMs
    }
  }

  /** Whether a port of another turn, which sent something lately, may still come with an older image. */
  private isTooEarly(image: Waiting, nowMs: number): boolean {
    const { turnMs } = this.options
    if (image.id <= this.last + 1 || nowMs - image.wholeMs >= turnMs) return false
    for (const { turn, id, atMs } of this.progress.values()) {
      if (turn !== image.turn && id < image.id - 1 && nowMs - atMs < turnMs) return true
    }
    return false
  }

  private join(
    known: Waiting,
    at: number,
    { frame, nowMs }: { readonly frame: ModuleFrame; readonly nowMs: number },
  ): 0 | 1 {
    known.wholeMs = nowMs
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
      turn: frame.turn ?? 0,
      wholeMs: nowMs,
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
    this.progress.clear()
    this.last = -1
  }
}
