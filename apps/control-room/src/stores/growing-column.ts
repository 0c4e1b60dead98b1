/** A column of doubles that grows by doubling. `view()` is a subarray without a copy; it is invalid after the next append. */
export interface GrowingColumn {
  readonly length: number
  view(): Float64Array
  append(values: ArrayLike<number>): void
  /** Writes `values` from row `first` on, cutting off what stood behind. Rows between the end and `first` become NaN. */
  writeFrom(first: number, values: ArrayLike<number>): void
  /** Keeps every second value of the first `rows` rows. */
  thin(rows: number): void
}

export function growingColumn(initialCapacity = 256): GrowingColumn {
  let data = new Float64Array(initialCapacity)
  let length = 0
  const ensure = (wanted: number): void => {
    if (wanted <= data.length) return
    let capacity = data.length
    while (capacity < wanted) capacity *= 2
    const grown = new Float64Array(capacity)
    grown.set(data.subarray(0, length))
    data = grown
  }
  return {
    get length() {
      return length
    },
    view: () => data.subarray(0, length),
    append(values) {
      ensure(length + values.length)
      data.set(values, length)
      length += values.length
    },
    writeFrom(first, values) {
      ensure(first + values.length)
      if (first > length) data.fill(Number.NaN, length, first)
      data.set(values, first)
      length = first + values.length
    },
    thin(rows) {
      const kept = Math.floor(Math.min(rows, length) / 2)
      for (let i = 0; i < kept; i += 1) data[i] = data[i * 2] ?? Number.NaN
      data.copyWithin(kept, kept * 2, length)
      length -= kept
    },
  }
}
