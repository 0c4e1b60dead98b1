import { isTextArray, toDoubles, type FrameColumn } from '../net/frame-codec.ts'
import { growingColumn, type GrowingColumn } from './growing-column.ts'

/** Rows of one stream of a run, kept outside React. Listeners are told after each change and read the columns themselves. */
export interface LiveTable {
  readonly rows: number
  readonly columnNames: readonly string[]
  /** Doubles of a numeric column, undefined when there is none of this name. */
  numbers(name: string): Float64Array | undefined
  texts(name: string): readonly string[] | undefined
  unit(name: string): string | undefined
  /** Rows from `first` on; `first` 0 starts anew. */
  write(first: number, columns: readonly FrameColumn[]): void
  subscribe(listener: () => void): () => void
}

/** Above this many rows the older half is thinned to every second row. */
const maxRows = 2_000_000

export function liveTable(): LiveTable {
  const numeric = new Map<string, GrowingColumn>()
  const textual = new Map<string, string[]>()
  const units = new Map<string, string>()
  const listeners = new Set<() => void>()
  let rows = 0
  let thinned = 0

  function clear(): void {
    numeric.clear()
    textual.clear()
    rows = 0
    thinned = 0
  }

  function writeColumn(at: number, column: FrameColumn): void {
    if (column.unit !== undefined) units.set(column.name, column.unit)
    if (isTextArray(column.data)) {
      const list = textual.get(column.name) ?? []
      list.length = Math.min(list.length, at)
      while (list.length < at) list.push('')
      for (const text of column.data) list.push(text)
      textual.set(column.name, list)
      return
    }
    if (column.shape.length > 1) return
    let target = numeric.get(column.name)
    if (target === undefined) {
      target = growingColumn()
      numeric.set(column.name, target)
    }
    target.writeFrom(at, toDoubles(column.data))
  }

  function thin(): void {
    const half = maxRows / 2
    for (const column of numeric.values()) column.thin(half)
    for (const [name, list] of textual)
      textual.set(name, [...list.slice(0, half).filter((_, i) => i % 2 === 0), ...list.slice(half)])
    thinned += half / 2
    rows -= half / 2
  }

  return {
    get rows() {
      return rows
    },
    get columnNames() {
      return [...numeric.keys(), ...textual.keys()]
    },
    numbers: (name) => numeric.get(name)?.view(),
    texts: (name) => textual.get(name),
    unit: (name) => units.get(name),
    write(first, columns) {
      if (first === 0) clear()
      const at = Math.max(0, first - thinned)
      let added = 0
      for (const column of columns) {
        writeColumn(at, column)
        added = Math.max(added, column.shape[0] ?? 0)
      }
      rows = at + added
      if (rows > maxRows) thin()
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
