import type { Span } from './mask-shapes.ts'
import type { Size } from './orientation.ts'

/** A part of the mask that changed, in pixels. */
export interface ChangedPart {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** One step of the work: the pixels that changed, or all of them. */
type Step = { readonly kind: 'pixels'; readonly changed: Uint32Array } | { readonly kind: 'invert' }

/** Steps that can be taken back, and how many pixels they may hold together (4 bytes each). */
const mostSteps = 100
const mostChanged = 16_777_216

/** A mask that is being worked on, with what was done to it. */
export class MaskEdit {
  readonly size: Size
  /** Row by row, 1 = masked. */
  readonly bytes: Uint8Array
  #masked: number
  #done: Step[] = []
  #undone: Step[] = []
  /** Of the stroke that goes on. */
  #open: number[] | null = null
  readonly #listeners = new Set<(part: ChangedPart) => void>()

  constructor(size: Size, bytes: Uint8Array | null) {
    this.size = size
    this.bytes =
      bytes === null ? new Uint8Array(size.width * size.height) : bytes.map((one) => Number(one !== 0))
    this.#masked = countOf(this.bytes)
  }

  get masked(): number {
    return this.#masked
  }

  get canUndo(): boolean {
    return this.#done.length > 0
  }

  get canRedo(): boolean {
    return this.#undone.length > 0
  }

  /** While more belongs to the step that was begun. */
  get isStroking(): boolean {
    return this.#open !== null
  }

  /** Called after each change, and with an empty part at the end of a stroke. */
  onChange(listener: (part: ChangedPart) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Masks pixels or, with 0, takes them out; those outside of the image are left out. Part of the open stroke, else a step of its own. */
  paint(spans: readonly Span[], value: 0 | 1): void {
    const { width, height } = this.size
    const changed = this.#open ?? []
    const before = changed.length
    let [left, right, top, bottom] = [width, -1, height, -1]
    for (const { y, first, last } of spans) {
      if (y < 0 || y >= height) continue
      const [from, to] = [Math.max(0, first), Math.min(width - 1, last)]
      for (let x = from; x <= to; x++) this.#set(y * width + x, value, changed)
      if (to < from) continue
      ;[left, right] = [Math.min(left, from), Math.max(right, to)]
      ;[top, bottom] = [Math.min(top, y), Math.max(bottom, y)]
    }
    if (changed.length === before) return
    if (this.#open === null) this.#keep({ kind: 'pixels', changed: Uint32Array.from(changed) })
    this.#tell({ x: left, y: top, w: right - left + 1, h: bottom - top + 1 })
  }

  /** What is painted until `endStroke` is taken back in one step. */
  beginStroke(): void {
    this.endStroke()
    this.#open = []
  }

  endStroke(): void {
    const open = this.#open
    this.#open = null
    if (open === null || open.length === 0) return
    this.#keep({ kind: 'pixels', changed: Uint32Array.from(open) })
    this.#tell({ x: 0, y: 0, w: 0, h: 0 })
  }

  /** Masks what is marked, one byte a pixel; false when it is of another size. */
  add(marks: Uint8Array): boolean {
    if (marks.length !== this.bytes.length) return false
    this.#all((at) => (marks[at] === 0 ? (this.bytes[at] ?? 0) : 1))
    return true
  }

  /** Takes another mask in place of this one; false when it is of another size. */
  replace(bytes: Uint8Array): boolean {
    if (bytes.length !== this.bytes.length) return false
    this.#all((at) => (bytes[at] === 0 ? 0 : 1))
    return true
  }

  clear(): void {
    this.#all(() => 0)
  }

  invert(): void {
    this.endStroke()
    this.#flip({ kind: 'invert' })
    this.#keep({ kind: 'invert' })
    this.#tellAll()
  }

  undo(): void {
    this.endStroke()
    this.#move(this.#done, this.#undone)
  }

  redo(): void {
    this.#move(this.#undone, this.#done)
  }

  #set(at: number, value: number, changed: number[]): void {
    if (this.bytes[at] === value) return
    this.bytes[at] = value
    this.#masked += value === 1 ? 1 : -1
    changed.push(at)
  }

  #all(valueAt: (at: number) => number): void {
    this.endStroke()
    let count = 0
    for (let at = 0; at < this.bytes.length; at++) if (this.bytes[at] !== valueAt(at)) count++
    if (count === 0) return
    const changed = new Uint32Array(count)
    let next = 0
    for (let at = 0; at < this.bytes.length; at++) if (this.bytes[at] !== valueAt(at)) changed[next++] = at
    this.#flip({ kind: 'pixels', changed })
    this.#keep({ kind: 'pixels', changed })
    this.#tellAll()
  }

  /** A step done twice is undone. */
  #flip(step: Step): void {
    const { bytes } = this
    if (step.kind === 'invert') for (let at = 0; at < bytes.length; at++) bytes[at] = bytes[at] === 0 ? 1 : 0
    else for (const at of step.changed) bytes[at] = bytes[at] === 0 ? 1 : 0
    this.#masked = countOf(bytes)
  }

  #move(from: Step[], to: Step[]): void {
    const step = from.pop()
    if (step === undefined) return
    this.#flip(step)
    to.push(step)
    this.#tellAll()
  }

  /** The oldest steps go when there are too many. */
  #keep(step: Step): void {
    this.#undone = []
    this.#done.push(step)
    let held = this.#done.reduce((sum, one) => sum + heldBy(one), 0)
    while (this.#done.length > mostSteps || (held > mostChanged && this.#done.length > 1)) {
      const oldest = this.#done.shift()
      held -= oldest === undefined ? 0 : heldBy(oldest)
    }
  }

  #tell(part: ChangedPart): void {
    for (const listener of this.#listeners) listener(part)
  }

  #tellAll(): void {
    this.#tell({ x: 0, y: 0, w: this.size.width, h: this.size.height })
  }
}

function heldBy(step: Step): number {
  return step.kind === 'pixels' ? step.changed.length : 0
}

function countOf(bytes: Uint8Array): number {
  let count = 0
  for (let at = 0; at < bytes.length; at++) count += bytes[at] ?? 0
  return count
}
