import type { HistoryItem, QueueItem } from '@beamtime/queue-client'
import type { ItemEstimate } from '../ui-types.ts'

/** Runs of one plan that an estimate looks at. */
const lastRuns = 5
/** Plans with their arguments that are remembered; the least recently seen goes first. */
const maxKeys = 5_000

/** Guesses how long items take, from what items took. */
export interface Estimates {
  learn(item: HistoryItem): void
  estimate(item: Pick<QueueItem, 'item_type' | 'name' | 'args' | 'kwargs'>): ItemEstimate | null
}

export type PointsOf = (item: Pick<QueueItem, 'name' | 'args' | 'kwargs'>) => number | null

export function createEstimates(pointsOf: PointsOf): Estimates {
  const seconds = new Map<string, number[]>()
  const secondsPerPoint = new Map<string, number[]>()
  const keyOf = (item: Pick<QueueItem, 'name' | 'args' | 'kwargs'>, points: number | null): string =>
    points === null
      ? JSON.stringify([item.name, item.args ?? [], item.kwargs ?? {}])
      : `${item.name} ${points}`
  return {
    learn(item) {
      const { exit_status: status, time_start: start, time_stop: stop } = item.result
      if (item.item_type !== 'plan' || status !== 'completed' || !(stop > start)) return
      const points = pointsOf(item)
      remember(seconds, keyOf(item, points), stop - start)
      if (points !== null && points > 0) remember(secondsPerPoint, item.name, (stop - start) / points)
    },
    estimate(item) {
      if (item.item_type !== 'plan') return null
      const points = pointsOf(item)
      const shown = points === null ? {} : { points }
      const known = seconds.get(keyOf(item, points))
      if (known !== undefined) return { ...shown, seconds: mean(known), from: 'history' }
      const rate = secondsPerPoint.get(item.name)
      if (points === null) return null
      return rate === undefined
        ? { points, from: 'points' }
        : { points, seconds: mean(rate) * points, from: 'points' }
    },
  }
}

function remember(into: Map<string, number[]>, key: string, value: number): void {
  const values = into.get(key) ?? []
  values.push(value)
  if (values.length > lastRuns) values.shift()
  into.delete(key)
  into.set(key, values)
  if (into.size <= maxKeys) return
  const [oldest] = into.keys()
  if (oldest !== undefined) into.delete(oldest)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
