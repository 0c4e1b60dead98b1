import type { Scale } from './scale.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * day),
]
const mostMarks = 8

/** An axis of times in ms since 1970, marked in UTC. */
export function timeScale(min: number, max: number): Scale {
  const [low, high] = max > min ? [min, max] : [min - 5 * second, min + 5 * second]
  const step = steps.find((each) => (high - low) / each <= mostMarks) ?? (high - low) / mostMarks
  const marks = []
  for (let at = Math.ceil(low / step) * step; at <= high && marks.length <= mostMarks; at += step)
    marks.push({ value: at, text: markText(at, step) })
  return { min: low, max: high, isLog: false, fraction: (value) => (value - low) / (high - low), marks }
}

function markText(timeMs: number, stepMs: number): string {
  const at = new Date(timeMs)
  if (Number.isNaN(at.getTime())) return ''
  const text = at.toISOString()
  if (stepMs >= day) return text.slice(0, 10)
  return stepMs >= minute ? text.slice(11, 16) : text.slice(11, 19)
}
