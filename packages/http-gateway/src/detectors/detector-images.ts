import type { ImageView } from '../ui-types.ts'
import { ImageFrames, type RangeMemory } from './image-frame.ts'
import type { FromImageThread } from './image-thread-messages.ts'
import { pixelsOf, type SourceImage } from './pixels.ts'

/** Frames that a viewer may owe an acknowledgement for. */
const maxUnacknowledged = 2
const slowestMs = 1_000
const errorEveryMs = 1_000
const answerWithinMs = 3_000
/** A detector of 16 Mpx with 4 bytes a pixel. */
const maxImageBytes = 64 * 1024 * 1024

/** State of a view; owned by DetectorImages. */
export interface OpenView {
  readonly state: ViewState
}

interface ViewState {
  readonly key: number
  readonly subscription: number
  view: ImageView
  seq: number
  unacknowledged: number
  memory: RangeMemory | null
  /** Something changed since the last frame, so that the same image is drawn again. */
  isDirty: boolean
  wasSkipped: boolean
  lastFrameMs: number
  lastErrorMs: number
  shownId: number
}

/** The newest images of one detector for all who look at it; asks for nothing while nobody does. */
export class DetectorImages {
  readonly #url: string
  readonly #tell: (message: FromImageThread) => void
  readonly #views = new Set<ViewState>()
  #frames: { readonly image: SourceImage; readonly frames: ImageFrames } | null = null
  #isRunning = false
  #wake: (() => void) | null = null

  constructor(url: string, tell: (message: FromImageThread) => void) {
    this.#url = url
    this.#tell = tell
  }

  get isIdle(): boolean {
    return this.#views.size === 0
  }

  add({ key, subscription, view }: { key: number; subscription: number; view: ImageView }): OpenView {
    const state: ViewState = {
      key,
      subscription,
      view,
      seq: 0,
      unacknowledged: 0,
      memory: null,
      isDirty: true,
      wasSkipped: false,
      lastFrameMs: 0,
      lastErrorMs: 0,
      shownId: -1,
    }
    this.#views.add(state)
    if (!this.#isRunning) void this.#run()
    else this.#wake?.()
    return { state }
  }

  change({ state }: OpenView, view: ImageView): void {
    if (view.auto !== state.view.auto) state.memory = null
    state.view = view
    state.isDirty = true
    this.#wake?.()
  }

  acknowledge({ state }: OpenView): void {
    state.unacknowledged = Math.max(0, state.unacknowledged - 1)
  }

  remove({ state }: OpenView): void {
    this.#views.delete(state)
    this.#wake?.()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#views.size > 0) {
      const began = performance.now()
      try {
        const image = await this.#newest()
        if (image !== null) this.#frames = { image, frames: new ImageFrames(image) }
        this.#serve()
      } catch (error) {
        this.#refuse(error)
      }
      await this.#pause(this.#periodMs() - (performance.now() - began))
    }
    this.#isRunning = false
    this.#frames = null
  }

  /** Null when there is nothing newer than what is known. */
  async #newest(): Promise<SourceImage | null> {
    const after = this.#frames === null ? '' : `?after=${this.#frames.image.id}`
    const answer = await fetch(`${this.#url}/daq/image${after}`, {
      signal: AbortSignal.timeout(answerWithinMs),
    })
    if (answer.status === 204) return null
    if (!answer.ok) throw new Error(`The detector answers ${answer.status}.`)
    if (Number(answer.headers.get('content-length')) > maxImageBytes)
      throw new Error('The image is too large.')
    const [height = 0, width = 0] = (answer.headers.get('x-image-shape') ?? '').split(',').map(Number)
    const type = answer.headers.get('x-image-type') ?? ''
    const pixels = pixelsOf(type, await answer.arrayBuffer(), width * height)
    if (pixels === null)
      throw new Error(`The detector sends ${width} x ${height} of ${type}, which cannot be shown.`)
    return {
      id: Number(answer.headers.get('x-image-id')),
      width,
      height,
      pixels,
      atMs: Number(answer.headers.get('x-image-time-ms')) || Date.now(),
    }
  }

  #serve(): void {
    const current = this.#frames
    if (current === null) return
    const now = performance.now()
    for (const state of this.#views) {
      const isNew = state.shownId !== current.image.id
      if (!isNew && !state.isDirty) continue
      // A little early is better than one image late.
      const isDue = now - state.lastFrameMs >= 1_000 / state.view.fps - 5
      if (!state.isDirty && !isDue) continue
      if (state.unacknowledged >= maxUnacknowledged) {
        state.wasSkipped = true
        continue
      }
      this.#send(state, current)
    }
  }

  #send(state: ViewState, { image, frames }: { image: SourceImage; frames: ImageFrames }): void {
    state.seq += 1
    const { bytes, range } = frames.frame(state.view, state.memory, {
      subscription: state.subscription,
      seq: state.seq,
      sentMs: Date.now(),
      wasSkipped: state.wasSkipped,
    })
    state.memory = range
    state.isDirty = false
    state.wasSkipped = false
    state.shownId = image.id
    state.lastFrameMs = performance.now()
    state.unacknowledged += 1
    this.#tell({ kind: 'frame', key: state.key, bytes })
  }

  #refuse(error: unknown): void {
    const now = performance.now()
    const text = error instanceof Error ? error.message : String(error)
    for (const state of this.#views) {
      if (now - state.lastErrorMs < errorEveryMs) continue
      state.lastErrorMs = now
      this.#tell({ kind: 'error', key: state.key, text })
    }
  }

  #periodMs(): number {
    const fastest = Math.max(0, ...Array.from(this.#views, ({ view }) => view.fps))
    return fastest === 0 ? slowestMs : Math.min(slowestMs, 1_000 / fastest)
  }

  /** Ends early when a view changes. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), Math.max(1, ms))
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = null
        resolve()
      }
    })
  }
}
