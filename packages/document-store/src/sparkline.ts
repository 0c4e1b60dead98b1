/** A curve of bounded size made from any number of points: neighbours are averaged when it is full. */
export interface SparkState {
  /** Points per value. */
  step: number
  readonly values: number[]
  /** Sum and number of the points of the value in the making. */
  sum: number
  count: number
}

const maxValues = 48
/** What readers get at most. */
const sparkValues = 24

export function emptySpark(): SparkState {
  return { step: 1, values: [], sum: 0, count: 0 }
}

/** Adds a point; NaN and infinities are left out. */
export function addToSpark(spark: SparkState, value: number): void {
  if (!Number.isFinite(value)) return
  spark.sum += value
  spark.count++
  if (spark.count < spark.step) return
  spark.values.push(spark.sum / spark.count)
  spark.sum = 0
  spark.count = 0
  if (spark.values.length < maxValues) return
  const halved = halve(spark.values)
  spark.values.length = 0
  spark.values.push(...halved)
  spark.step *= 2
}

/** At most 24 values, five significant digits. */
export function sparkPoints(spark: SparkState): number[] {
  const all = spark.count > 0 ? [...spark.values, spark.sum / spark.count] : spark.values
  let points = all
  while (points.length > sparkValues) points = halve(points)
  return points.map((value) => Number(value.toPrecision(5)))
}

function halve(values: readonly number[]): number[] {
  const out: number[] = []
  for (let i = 0; i < values.length; i += 2) {
    const a = values[i] ?? 0
    out.push((a + (values[i + 1] ?? a)) / 2)
  }
  return out
}
