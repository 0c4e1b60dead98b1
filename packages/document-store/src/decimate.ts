/** Chooses at most `target` of n rows so that curves keep their shape: of each stretch of rows the smallest and the
 * largest value of every given column, and the first and last row of all. Ascending row indices. Columns beyond eight
 * are not looked at. */
export function decimateRows(n: number, columns: readonly ArrayLike<number>[], target: number): Int32Array {
  if (n <= target || n <= 2) return Int32Array.from({ length: n }, (_, i) => i)
  const looked = columns.slice(0, 8)
  if (looked.length === 0) return everyNth(n, target)
  const buckets = Math.max(Math.floor((target - 2) / (2 * looked.length)), 1)
  const chosen = new Uint8Array(n)
  chosen[0] = 1
  chosen[n - 1] = 1
  for (const column of looked) {
    for (let bucket = 0; bucket < buckets; bucket++) {
      const from = Math.floor((bucket * n) / buckets)
      const to = Math.floor(((bucket + 1) * n) / buckets)
      for (const row of extremes(column, from, to)) chosen[row] = 1
    }
  }
  return Int32Array.from(indicesOf(chosen))
}

function everyNth(n: number, target: number): Int32Array {
  const count = Math.max(target, 2)
  return Int32Array.from({ length: count }, (_, i) => Math.round((i * (n - 1)) / (count - 1)))
}

function* indicesOf(chosen: Uint8Array): Generator<number> {
  for (let i = 0; i < chosen.length; i++) if (chosen[i] === 1) yield i
}

/* Rows of the smallest and the largest number; none when all are NaN. */
function extremes(column: ArrayLike<number>, from: number, to: number): readonly number[] {
  let low = -1
  let high = -1
  let lowest = Infinity
  let highest = -Infinity
  for (let i = from; i < to; i++) {
    const value = column[i] ?? NaN
    if (value < lowest || (low === -1 && value === lowest)) [low, lowest] = [i, value]
    if (value > highest || (high === -1 && value === highest)) [high, highest] = [i, value]
  }
  return low === -1 ? [] : [low, high]
}
