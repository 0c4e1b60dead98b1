/* Counters that all threads see. Each cell is written by one thread only; doubles, so that they never overflow in a run. */

export const portCells = [
  'packetsOk',
  'packetsDuplicate',
  'packetsLate',
  'packetsBad',
  'packetsLost',
  'framesComplete',
  'framesIncomplete',
  'framesRefused',
  'restarts',
] as const
export const imageCells = [
  'good',
  'missing',
  'dropped',
  'bytes',
  'waiting',
  'lastId',
  'lastMs',
  'lateModules',
  'liveSent',
  'liveSkipped',
  'recorded',
  'writerBehind',
  'forwarded',
  'forwardLost',
] as const
export const writerCells = ['images', 'bytes', 'busyUs', 'longestUs'] as const

export type PortCounts = Record<(typeof portCells)[number], number>
export type ImageCounts = Record<(typeof imageCells)[number], number>
export type WriterCounts = Record<(typeof writerCells)[number], number>

/** Upper bounds of the latency buckets in seconds: first packet to published image. */
export const latencyBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2] as const
const latencyCells = latencyBounds.length + 2

export function counterWords(ports: number, writers: number): number {
  return ports * portCells.length + imageCells.length + latencyCells + writers * writerCells.length
}

/** Reads and writes the counters of one pipeline. */
export class Counters {
  private readonly cells: Float64Array
  private readonly ports: number

  constructor(cells: Float64Array, ports: number) {
    this.cells = cells
    this.ports = ports
  }

  setPort(port: number, counts: PortCounts): void {
    let at = port * portCells.length
    for (const name of portCells) {
      this.cells[at] = counts[name]
      at += 1
    }
  }

  port(port: number): PortCounts {
    const from = port * portCells.length
    return Object.fromEntries(portCells.map((name, at) => [name, this.cells[from + at] ?? 0])) as PortCounts
  }

  private get imagesAt(): number {
    return this.ports * portCells.length
  }

  addImage(name: (typeof imageCells)[number], more = 1): void {
    const at = this.imagesAt + imageCells.indexOf(name)
    this.cells[at] = (this.cells[at] ?? 0) + more
  }

  setImage(name: (typeof imageCells)[number], value: number): void {
    this.cells[this.imagesAt + imageCells.indexOf(name)] = value
  }

  images(): ImageCounts {
    const from = this.imagesAt
    return Object.fromEntries(imageCells.map((name, at) => [name, this.cells[from + at] ?? 0])) as ImageCounts
  }

  private get latencyAt(): number {
    return this.imagesAt + imageCells.length
  }

  observeLatency(seconds: number): void {
    const found = latencyBounds.findIndex((bound) => seconds <= bound)
    const at = this.latencyAt + (found < 0 ? latencyBounds.length : found)
    this.cells[at] = (this.cells[at] ?? 0) + 1
    const sum = this.latencyAt + latencyCells - 1
    this.cells[sum] = (this.cells[sum] ?? 0) + seconds
  }

  /** Images per bucket (the last one: longer), and the sum of all seconds. */
  latency(): { readonly buckets: readonly number[]; readonly sumS: number } {
    const from = this.latencyAt
    return {
      buckets: [...this.cells.subarray(from, from + latencyCells - 1)],
      sumS: this.cells[from + latencyCells - 1] ?? 0,
    }
  }

  addWriter(writer: number, more: { images: number; bytes: number; us: number }): void {
    const at = this.latencyAt + latencyCells + writer * writerCells.length
    this.cells[at] = (this.cells[at] ?? 0) + more.images
    this.cells[at + 1] = (this.cells[at + 1] ?? 0) + more.bytes
    this.cells[at + 2] = (this.cells[at + 2] ?? 0) + more.us
    this.cells[at + 3] = Math.max(this.cells[at + 3] ?? 0, more.us)
  }

  writer(writer: number): WriterCounts {
    const from = this.latencyAt + latencyCells + writer * writerCells.length
    return Object.fromEntries(
      writerCells.map((name, at) => [name, this.cells[from + at] ?? 0]),
    ) as WriterCounts
  }
}
