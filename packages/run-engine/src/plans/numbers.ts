/* The numbers of trajectories, to the last bit as numpy gives them. */

/** n points from a to b, both included. One point: a. */
export function linspace(a: number, b: number, n: number): number[] {
  if (n === 1) return [a]
  const delta = b - a
  const step = delta / (n - 1)
  const points: number[] = []
  for (let i = 0; i < n; i++) points.push(step === 0 ? (i / (n - 1)) * delta + a : i * step + a)
  if (n > 1) points[n - 1] = b
  return points
}

/** 10 to the power of linspace. */
export function logspace(a: number, b: number, n: number): number[] {
  return linspace(a, b, n).map((exponent) => 10 ** exponent)
}

/** Python's int(): towards zero. */
export function truncate(x: number): number {
  return Math.trunc(x)
}
