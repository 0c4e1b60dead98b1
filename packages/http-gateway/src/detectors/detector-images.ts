import type { ImageView } from '../ui-types.ts'
import type { RangeMemory } from './image-frame.ts'
import { maskOf, newestImage, pastImage, type Fetched } from './image-source.ts'
import { ImageStack, stackOf } from './image-stack.ts'
import type { FromImageThread } from './image-thread-messages.ts'
import { ShownImage } from './shown-image.ts'

/** Frames that a viewer may owe an acknowledgement for. */
const maxUnacknowledged = 2
const slowestMs = 1_000
const errorEveryMs = 1_000
/** Profiles and values change no faster than they can be read. */
const detailsEveryMs = 100
/** Images of the past that are kept for stepping to and fro. */
const keptPast = 4
/** Sums of different lengths at a time. */
const maxStacks = 4

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
  shown: ShownImage | null
  /** The image that was sent last has details that were not. */
  owesDetails: boolean
  lastDetailsMs: number
}

/** The newest images of one detector for all who look at it; asks for nothing while nobody does. */
export class DetectorImages {
  readonly #url: string
  readonly #tell: (message: FromImageThread) => void
  readonly #views = new Set<ViewState>()
  #latest: ShownImage | null = null
  #mask: { readonly version: string; readonly bytes: Uint8Array | null } = { version: '', bytes: null }
  readonly #stacks = new Map<string, { readonly stack: ImageStack; shown: ShownImage | null }>()
  readonly #past = new Map<string, ShownImage>()
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
      shown: null,
      owesDetails: false,
      lastDetailsMs: 0,
    }
    this.#views.add(state)
    if (!this.#isRunning) void this.#run()
    else this.#wake?.()
    return { state }
  }

  change({ state }: OpenView, view: ImageView): void {
    if (view.auto !== state.view.auto || placeOf(view) !== placeOf(state.view)) state.memory = null
    state.view = view
    state.isDirty = true
    this.#wake?.()
  }

  acknowledge({ state }: OpenView): void {
    state.unacknowledged = Math.max(0, state.unacknowledged - 1)
    // What waited for it is drawn now; an image of the past has no next one that would take it along.
    if (state.isDirty) this.#wake?.()
  }

  /** A frame that no one will acknowledge; in its place one is drawn in the next turn. */
  dropped({ state }: OpenView): void {
    state.unacknowledged = Math.max(0, state.unacknowledged - 1)
    state.isDirty = true
    state.wasSkipped = true
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
        if (this.#isLive) await this.#advance()
      } catch (error) {
        for (const state of this.#views) if (!isPast(state.view)) this.#refuse(state, error)
      }
      for (const state of this.#views) await this.#serve(state)
      await this.#pause(this.#periodMs() - (performance.now() - began))
    }
    this.#isRunning = false
    this.#latest = null
    this.#stacks.clear()
    this.#past.clear()
  }

  get #isLive(): boolean {
    return Array.from(this.#views).some(({ view }) => !isPast(view))
  }

  /** Looks for an image that is newer than what is known. */
  async #advance(): Promise<void> {
    const fetched = await newestImage(this.#url, this.#latest?.image.id ?? null)
    if (fetched === null) return
    this.#latest = await this.#shownOf(fetched)
    const wanted = new Set(Array.from(this.#views, ({ view }) => view.mode))
    for (const mode of this.#stacks.keys())
      if (!wanted.has(mode as ImageView['mode'])) this.#stacks.delete(mode)
    for (const [mode, entry] of this.#stacks)
      if (entry.stack.take(fetched.image) && entry.stack.shown !== null)
        this.#stacks.set(mode, { ...entry, shown: new ShownImage(entry.stack.shown) })
  }

  async #shownOf({ image, maskVersion }: Fetched): Promise<ShownImage> {
    if (maskVersion !== this.#mask.version)
      this.#mask = { version: maskVersion, bytes: await maskOf(this.#url) }
    return new ShownImage(image)
  }

  /** What a view looks at; null before the first image. Rejects for an image that is not there. */
  async #lookedAt(view: ImageView): Promise<ShownImage | null> {
    if (isPast(view)) return await this.#pastOf(view)
    const stack = stackOf(view.mode)
    if (stack === null) return this.#latest
    const known = this.#stacks.get(view.mode)
    if (known !== undefined) return known.shown
    if (this.#stacks.size >= maxStacks) throw new Error('Too many sums are watched.')
    this.#stacks.set(view.mode, { stack: new ImageStack(stack), shown: null })
    return null
  }

  async #pastOf(view: ImageView): Promise<ShownImage> {
    const place = placeOf(view)
    const known = this.#past.get(place)
    if (known !== undefined) return known
    const shown = await this.#shownOf(await pastImage(this.#url, view))
    this.#past.set(place, shown)
    const [oldest] = this.#past.keys()
    if (this.#past.size > keptPast && oldest !== undefined) this.#past.delete(oldest)
    return shown
  }

  async #serve(state: ViewState): Promise<void> {
    // An image of the past is the same until something else is asked for.
    if (isPast(state.view) && !state.isDirty) return this.#sendDetails(state)
    try {
      const shown = await this.#lookedAt(state.view)
      if (shown !== null && this.#views.has(state)) this.#offer(state, shown)
    } catch (error) {
      state.isDirty = false
      this.#refuse(state, error)
    }
  }

  #offer(state: ViewState, shown: ShownImage): void {
    const isNew = state.shown !== shown
    if (!isNew && !state.isDirty) return this.#sendDetails(state)
    // A little early is better than one image late.
    const isDue = performance.now() - state.lastFrameMs >= 1_000 / state.view.fps - 5
    if (!state.isDirty && !isDue) return
    if (state.unacknowledged >= maxUnacknowledged) {
      state.wasSkipped = true
      return
    }
    this.#send(state, shown)
  }

  #send(state: ViewState, shown: ShownImage): void {
    const { view } = state
    state.seq += 1
    const frames = shown.frames(view.mask ? this.#mask.bytes : null, view.threshold ?? null)
    const { bytes, range } = frames.frame(view, state.memory, {
      subscription: state.subscription,
      seq: state.seq,
      sentMs: Date.now(),
      wasSkipped: state.wasSkipped,
    })
    state.memory = range
    state.isDirty = false
    state.wasSkipped = false
    state.shown = shown
    state.owesDetails = true
    state.lastFrameMs = performance.now()
    state.unacknowledged += 1
    this.#tell({ kind: 'frame', key: state.key, bytes })
    this.#sendDetails(state)
  }

  /** Of the image that was sent last. */
  #sendDetails(state: ViewState): void {
    const { view, shown } = state
    const now = performance.now()
    if (!state.owesDetails || shown === null || now - state.lastDetailsMs < detailsEveryMs) return
    state.owesDetails = false
    state.lastDetailsMs = now
    const frames = shown.frames(view.mask ? this.#mask.bytes : null, view.threshold ?? null)
    const { subscription, seq } = state
    const bytes = frames.details(view, { subscription, seq, sentMs: Date.now(), wasSkipped: false })
    if (bytes !== null) this.#tell({ kind: 'frame', key: state.key, bytes })
  }

  #refuse(state: ViewState, error: unknown): void {
    const now = performance.now()
    // An image of the past is asked for once.
    if (!isPast(state.view) && now - state.lastErrorMs < errorEveryMs) return
    state.lastErrorMs = now
    const text = error instanceof Error ? error.message : String(error)
    this.#tell({ kind: 'error', key: state.key, text })
  }

  #periodMs(): number {
    const fastest = Math.max(0, ...Array.from(this.#views, ({ view }) => (isPast(view) ? 0 : view.fps)))
    const isOwing = Array.from(this.#views).some(({ owesDetails }) => owesDetails)
    const slowest = isOwing ? detailsEveryMs : slowestMs
    return fastest === 0 ? slowest : Math.min(slowest, 1_000 / fastest)
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

function isPast({ mode }: ImageView): boolean {
  return mode === 'held' || mode === 'recorded'
}

/** Tells images of the past apart; views of the newest images differ by their mode only. */
function placeOf(view: ImageView): string {
  return isPast(view) ? `${view.mode} ${view.run} ${view.image}` : view.mode
}
