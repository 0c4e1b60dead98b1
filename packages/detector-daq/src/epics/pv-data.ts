import { shapeOf, type BufferEntry } from './buffer-entry.ts'
import type { EntryStore } from './entry-store.ts'
import type { PulseTimeline } from './pulse-timeline.ts'

/** Everything about the entries of one PV but their values, which are read again when they are written. */
export interface PvSummary {
  readonly pv: string
  readonly points: number
  readonly timestamps: BigUint64Array
  readonly pulseIds: BigUint64Array
  readonly connected: Uint8Array
  readonly statuses: readonly string[]
  /** undefined: no value at all, or values of different types or shapes. */
  readonly values: PvValues | undefined
}

export type PvValues =
  | {
      readonly kind: 'numbers'
      readonly type: string
      readonly shape: readonly number[]
      readonly bytes: number
    }
  | { readonly kind: 'text'; readonly texts: readonly string[] }

export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

const mostPoints = 2_000_000

/** Reads the entries of a PV in a range once. Rejects when there are more than 2 000 000. */
export async function summarisePv(
  store: EntryStore,
  timeline: PulseTimeline,
  { pv, range }: { readonly pv: string; readonly range: TimeRange },
): Promise<PvSummary> {
  const ids: bigint[] = []
  const pulses: bigint[] = []
  const connected: number[] = []
  const statuses: string[] = []
  const texts: string[] = []
  const kind = new CommonKind()
  for await (const page of store.entriesAround(pv, range)) {
    for (const { entry } of page) {
      ids.push(BigInt(entry.id))
      pulses.push(BigInt(timeline.pulseOf(Number(entry.id))))
      connected.push(entry.connected === '1' ? 1 : 0)
      statuses.push(entry.connected === '1' ? entry.status : 'unknown')
      kind.add(entry)
      if (kind.isText) texts.push(entry.connected === '1' ? textOf(entry) : '')
      else if (kind.isOpen) texts.push('')
    }
    if (ids.length > mostPoints) throw new Error(`${pv} has more than ${mostPoints} points in this range.`)
  }
  return {
    pv,
    points: ids.length,
    timestamps: BigUint64Array.from(ids),
    pulseIds: BigUint64Array.from(pulses),
    connected: Uint8Array.from(connected),
    statuses,
    values: kind.values(texts),
  }
}

/** Type and shape that all entries with a value share. */
class CommonKind {
  private first: { readonly type: string; readonly shape: readonly number[] } | undefined
  private isMixed = false

  /** No value was seen so far. */
  get isOpen(): boolean {
    return this.first === undefined
  }

  get isText(): boolean {
    return this.first?.type === 'string'
  }

  add(entry: BufferEntry): void {
    if (entry.connected === '0') return
    const shape = shapeOf(entry)
    this.first ??= { type: entry.type, shape }
    if (entry.type !== this.first.type || shape.join() !== this.first.shape.join()) this.isMixed = true
  }

  values(texts: readonly string[]): PvValues | undefined {
    if (this.first === undefined || this.isMixed) return undefined
    const { type, shape } = this.first
    if (type === 'string') return { kind: 'text', texts }
    const bytes = shape.reduce((product, size) => product * size, Number(type.slice(1)))
    return bytes === 0 ? undefined : { kind: 'numbers', type, shape, bytes }
  }
}

/** A text value; texts of an array are told apart by line ends. */
function textOf({ value }: BufferEntry): string {
  return value.toString('utf8').replace(/\0$/, '').replaceAll('\0', '\n')
}

/** The values of a PV as frames of a dataset, page by page; zeros where it was not connected. */
export async function* valuePages(
  store: EntryStore,
  { pv, range }: { readonly pv: string; readonly range: TimeRange },
  bytes: number,
): AsyncIterable<Buffer> {
  for await (const page of store.entriesAround(pv, range)) {
    const frames = page.map(({ entry }) => {
      if (entry.connected === '0') return Buffer.alloc(bytes)
      if (entry.value.length !== bytes) throw new Error(`${pv} changed its shape while it was written.`)
      return entry.value
    })
    if (frames.length > 0) yield Buffer.concat(frames)
  }
}
