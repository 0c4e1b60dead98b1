/** Values kept of one stream; beyond it rows are only counted, and pages read the rest from the store. */
const maxValues = 8_000_000

export type LiveColumn =
  | { readonly kind: 'number'; readonly name: string; values: Float64Array }
  | { readonly kind: 'text'; readonly name: string; readonly values: string[] }

export interface RowValues {
  readonly seq: number
  readonly timeS: number
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * The rows of one stream as columns that grow. A row whose seq_num came before (after a pause with rewind) replaces it:
 * the later reading counts.
 */
export class GrowingRows {
  readonly columns: readonly LiveColumn[]
  readonly #rowOf = new Map<number, number>()
  readonly #maxRows: number
  #length = 0
  #dropped = 0
  #version = 0
  /** Rows replaced, as [version, row]. */
  readonly #replaced: (readonly [number, number])[] = []

  constructor(columns: readonly { readonly name: string; readonly kind: LiveColumn['kind'] }[]) {
    const own = [
      { name: 'seq_num', kind: 'number' as const },
      { name: 'time', kind: 'number' as const },
      ...columns,
    ]
    this.columns = own.map(({ name, kind }) =>
      kind === 'number' ? { kind, name, values: new Float64Array(64) } : { kind, name, values: [] },
    )
    this.#maxRows = Math.floor(maxValues / this.columns.length)
  }

  /** Rows that are kept. */
  get length(): number {
    return this.#length
  }
  /** Rows seen, also those that are no longer kept. */
  get total(): number {
    return this.#length + this.#dropped
  }
  /** Grows with each change. */
  get version(): number {
    return this.#version
  }
  get lastSeq(): number {
    return this.#length === 0 ? 0 : (numbers(this.columns[0])[this.#length - 1] ?? 0)
  }

  put(row: RowValues): void {
    const known = this.#rowOf.get(row.seq)
    if (known === undefined && this.#length >= this.#maxRows) {
      this.#dropped += 1
      return
    }
    this.#version += 1
    const at = known ?? this.#length
    if (known === undefined) {
      this.#rowOf.set(row.seq, at)
      this.#length += 1
    } else this.#replaced.push([this.#version, at])
    for (const column of this.columns) setValue(column, at, valueOf(column.name, row))
  }

  has(seq: number): boolean {
    return this.#rowOf.has(seq)
  }

  column(name: string): LiveColumn | null {
    return this.columns.find((column) => column.name === name) ?? null
  }

  /** The numbers of a column, not to be kept: the array is replaced when it grows. */
  numbersOf(name: string): Float64Array | null {
    const column = this.column(name)
    return column?.kind === 'number' ? column.values.subarray(0, this.#length) : null
  }

  /** The first row that changed since a version, for a reader who has `sent` rows of it. */
  changedFrom(version: number, sent: number): number {
    let first = Math.min(sent, this.#length)
    for (let at = this.#replaced.length - 1; at >= 0; at -= 1) {
      const [changed, row] = this.#replaced[at] ?? [0, 0]
      if (changed <= version) break
      first = Math.min(first, row)
    }
    return first
  }
}

function valueOf(column: string, row: RowValues): unknown {
  switch (column) {
    case 'seq_num':
      return row.seq
    case 'time':
      return row.timeS
    default:
      return row.data[column]
  }
}

function setValue(column: LiveColumn, at: number, value: unknown): void {
  if (column.kind === 'text') {
    column.values[at] =
      typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value as number)
    return
  }
  if (at >= column.values.length) {
    const larger = new Float64Array(column.values.length * 2)
    larger.set(column.values)
    column.values = larger
  }
  column.values[at] = numberOf(value)
}

/** Missing values are NaN: a gap in the line. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value)
  return Number.NaN
}

function numbers(column: LiveColumn | undefined): Float64Array {
  return column?.kind === 'number' ? column.values : new Float64Array()
}
