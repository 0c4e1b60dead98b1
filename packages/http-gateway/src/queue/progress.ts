import type { PlanProgress, QueueItem, QueueStatus } from '@beamtime/queue-client'
import type { QueueEta, RunPhase, RunProgress } from '../ui-types.ts'
import type { Estimates } from './estimates.ts'

/** Points whose spacing gives the rate. */
const ratePoints = 10
/** With fewer points the end is a rough guess. */
const roughBelow = 5

/** Times at which the last points of an item were seen. */
export interface PointClock {
  saw(item: string, n: number, nowMs: number): void
  /** Median seconds of the last points; null below two. */
  secondsPerPoint(): number | null
  /** When the last point came, Unix ms; null before the first. */
  lastPointMs(): number | null
}

export function createPointClock(): PointClock {
  let current = ''
  let seen: { readonly n: number; readonly t: number }[] = []
  return {
    saw(item, n, nowMs) {
      const last = seen.at(-1)
      if (item !== current || (last !== undefined && n < last.n)) seen = []
      current = item
      if (seen.at(-1)?.n === n) return
      seen.push({ n, t: nowMs })
      if (seen.length > ratePoints + 1) seen.shift()
    },
    secondsPerPoint() {
      const steps = seen.slice(1).map((one, at) => {
        const before = seen[at] ?? one
        return (one.t - before.t) / 1_000 / Math.max(1, one.n - before.n)
      })
      const sorted = steps.toSorted((a, b) => a - b)
      return sorted[Math.floor(sorted.length / 2)] ?? null
    },
    lastPointMs: () => seen.at(-1)?.t ?? null,
  }
}

export interface ProgressInput {
  readonly status: QueueStatus
  readonly item: QueueItem
  /** From the worker, or counted from the documents when the worker tells nothing. */
  readonly points: Pick<PlanProgress, 'n' | 'total' | 'started' | 'devices'> | null
  readonly secondsPerPoint: number | null
  readonly lastPointMs: number | null
  readonly estimates: Estimates
  readonly nowMs: number
}

/** What the state line shows of the running item. */
export function progressOf(input: ProgressInput): RunProgress {
  const { item, points, nowMs } = input
  const estimate = input.estimates.estimate(item)
  const n = points?.n ?? 0
  const total = points?.total ?? estimate?.points ?? null
  const started = startOf(input)
  const byRate = endByRate(n, total, input)
  const byHistory = estimate?.seconds === undefined ? null : started + estimate.seconds * 1_000
  const phase = phaseOf(input.status)
  return {
    item: item.item_uid,
    plan: item.name,
    n,
    total,
    fraction: fractionOf(n, total),
    started: Math.round(started),
    eta: phase === 'paused' ? null : notBefore(byRate ?? byHistory, nowMs),
    approximate: byRate === null || n < roughBelow,
    pointSeconds: input.secondsPerPoint,
    phase,
    devices: points?.devices ?? [],
  }
}

/** Counted from the last point, so that the end stands still until the next one. */
function endByRate(n: number, total: number | null, input: ProgressInput): number | null {
  if (input.secondsPerPoint === null || total === null) return null
  return (input.lastPointMs ?? input.nowMs) + (total - n) * input.secondsPerPoint * 1_000
}

function fractionOf(n: number, total: number | null): number | null {
  return total === null || total === 0 ? null : Math.min(1, n / total)
}

/** Unix ms. */
function startOf({ item, points, nowMs }: ProgressInput): number {
  const timeStart = item.properties?.['time_start']
  return typeof timeStart === 'number' ? timeStart * 1_000 : (points?.started ?? nowMs / 1_000) * 1_000
}

/** An end that lies in the past is now; tenths of a second are enough and keep the value still. */
function notBefore(endMs: number | null, nowMs: number): number | null {
  return endMs === null ? null : Math.ceil(Math.max(endMs, nowMs) / 100) * 100
}

const phases: Readonly<Record<string, RunPhase>> = {
  paused: 'paused',
  pausing: 'pausing',
  suspending: 'suspended',
  stopping: 'stopping',
  aborting: 'stopping',
  halting: 'stopping',
  running: 'running',
}

function phaseOf(status: QueueStatus): RunPhase {
  if (status.manager_state === 'paused') return 'paused'
  const phase = phases[status.re_state ?? ''] ?? 'starting'
  return phase === 'running' && status.pause_pending ? 'pausing' : phase
}

/** When the whole queue would be done. Items that nobody can estimate count as nothing and are counted. */
export function queueEtaOf(input: {
  readonly items: readonly QueueItem[]
  readonly progress: RunProgress | null
  readonly estimates: Estimates
  readonly nowMs: number
}): QueueEta | null {
  const { items, progress, nowMs } = input
  if (items.length === 0 && progress === null) return null
  let seconds = 0
  let unknown = 0
  let known = 0
  if (progress !== null) {
    if (typeof progress.eta === 'number') {
      seconds += Math.max(0, progress.eta - nowMs) / 1_000
      known += 1
    } else unknown += 1
  }
  for (const item of items) {
    if (item.item_type !== 'plan') continue
    const estimate = input.estimates.estimate(item)
    if (estimate?.seconds === undefined) unknown += 1
    else {
      seconds += estimate.seconds
      known += 1
    }
  }
  return {
    until: known === 0 ? null : Math.round(nowMs + seconds * 1_000),
    seconds: Math.round(seconds),
    unknown,
    approximate: unknown > 0 || progress === null || progress.approximate,
  }
}
