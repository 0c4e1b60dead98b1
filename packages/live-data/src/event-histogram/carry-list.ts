import type { Carries } from './histogram-reference.ts'

/** What one carry stands for. */
export const carried = 256

/** Cells of the window that passed 255; grows with the events, one in 256 of them at most. */
export class CarryList implements Carries {
  private cells = new Uint32Array(1_024)
  private length = 0

  add(cell: number): void {
    this.reserve(1)
    this.cells[this.length++] = cell
  }

  addAll(cells: Uint32Array): void {
    this.reserve(cells.length)
    this.cells.set(cells, this.length)
    this.length += cells.length
  }

  all(): Uint32Array {
    return this.cells.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
  }

  private reserve(more: number): void {
    if (this.length + more <= this.cells.length) return
    const wider = new Uint32Array(Math.max(this.length + more, this.cells.length * 2))
    wider.set(this.all())
    this.cells = wider
  }
}
