import type { LiveView } from '@beamtime/live-data'
import type { LiveNumbers, LiveOutput, LiveVariable } from '@beamtime/live-data/ui-types'

/** How the updates of a window become one: `auto` sums counts and averages other numbers, both without NaN. */
export const combinations = ['auto', 'nansum', 'nanmean', 'sum', 'mean'] as const
export type Combination = (typeof combinations)[number]

export interface WindowChoice {
  readonly key: string
  /** History beside the latest update, 0 to 60 s of the data's own time. */
  readonly seconds: number
  readonly combine: Combination
}

/** Bytes of updates that one window keeps; beyond, the oldest go and the window says that it begins later. */
const maxBytes = 67_108_864
const maxWindows = 500
/** A window that nobody follows fills on for a while: pages come back. */
const lingerMs = 60_000

interface Kept {
  readonly updates: LiveOutput[]
  readonly listeners: Set<(output: LiveOutput) => void>
  newest: LiveOutput | null
  stop: () => void
  linger: NodeJS.Timeout | null
}

const maxSeconds = 60

/** `workflow/source/output@30,auto`: what the key of an output says of a window; null for the key of an output alone. */
export function windowOf(key: string): WindowChoice | null {
  const [, plain, seconds, how] = /^(.*)@(\d{1,2}),(\w+)$/.exec(key) ?? []
  const combine = combinations.find((one) => one === how)
  if (plain === undefined || combine === undefined || Number(seconds) > maxSeconds) return null
  return { key: plain, seconds: Number(seconds), combine }
}

/** Windows over the updates of outputs, shared by all pages that look at the same one. */
export interface OutputWindows {
  /** As `LiveView.onOutput`, with the updates of the last seconds put together. Null: too many windows. */
  follow(choice: WindowChoice, listener: (output: LiveOutput) => void): (() => void) | null
  close(): void
}

export function outputWindows(view: LiveView): OutputWindows {
  const windows = new Map<string, Kept>()
  const open = (name: string, { key, seconds, combine }: WindowChoice): Kept => {
    const kept: Kept = {
      updates: [],
      listeners: new Set(),
      newest: null,
      linger: null,
      stop: () => undefined,
    }
    // The newest update comes before this call ends.
    kept.stop = view.onOutput(key, (update) => {
      takeUpdate(kept.updates, update, seconds)
      kept.newest = combined(kept.updates, combine)
      for (const listener of kept.listeners) listener(kept.newest)
    })
    windows.set(name, kept)
    return kept
  }
  const drop = (name: string): void => {
    const kept = windows.get(name)
    kept?.stop()
    if (kept?.linger) clearTimeout(kept.linger)
    windows.delete(name)
  }
  return {
    follow(choice, listener) {
      const name = `${choice.seconds} ${choice.combine} ${choice.key}`
      const known = windows.get(name)
      if (known === undefined && windows.size >= maxWindows) return null
      const kept = known ?? open(name, choice)
      if (kept.linger !== null) clearTimeout(kept.linger)
      kept.linger = null
      kept.listeners.add(listener)
      if (kept.newest !== null) listener(kept.newest)
      return () => {
        kept.listeners.delete(listener)
        if (kept.listeners.size === 0 && kept.linger === null)
          kept.linger = setTimeout(() => drop(name), lingerMs).unref()
      }
    },
    close() {
      for (const name of windows.keys()) drop(name)
    },
  }
}

/** Adds an update and lets go of what is too old, of another job, of another shape, or too much. */
export function takeUpdate(updates: LiveOutput[], update: LiveOutput, seconds: number): void {
  if (updates.some((one) => !isAlike(one, update))) updates.length = 0
  updates.push(update)
  const oldest = timeOf(update) - seconds * 1_000
  let bytes = updates.reduce((sum, one) => sum + bytesOf(one), 0)
  for (;;) {
    const [first] = updates
    if (first === undefined || updates.length === 1) return
    if (timeOf(first) >= oldest && bytes <= maxBytes) return
    updates.shift()
    bytes -= bytesOf(first)
  }
}

function timeOf({ timeMs, receivedAt }: LiveOutput): number {
  return timeMs ?? receivedAt
}

function bytesOf({ signal, errors }: LiveOutput): number {
  return signal.values.byteLength + (errors?.values.byteLength ?? 0)
}

function isAlike(a: LiveOutput, b: LiveOutput): boolean {
  return (
    a.jobNumber === b.jobNumber &&
    a.signal.values.length === b.signal.values.length &&
    a.signal.shape.join() === b.signal.shape.join() &&
    Object.entries(b.coords).every(([name, { values }]) => isSame(a.coords[name]?.values, values))
  )
}

function isSame(a: LiveNumbers | undefined, b: LiveNumbers): boolean {
  return a !== undefined && a.length === b.length && a.every((value, index) => Object.is(value, b[index]))
}

/** The updates as one output from the begin of the first to the end of the last. */
export function combined(updates: readonly LiveOutput[], combine: Combination): LiveOutput {
  const [first] = updates
  const last = updates.at(-1)
  if (first === undefined || last === undefined) throw new Error('a window has at least one update')
  if (updates.length === 1) return last
  const how = chosen(combine, last.signal.unit)
  const counts = how.isMean ? countsOf(updates, how.skipsNaN) : null
  return {
    ...last,
    startTimeMs: first.startTimeMs,
    signal: summed(
      updates.map(({ signal }) => signal),
      { ...how, counts, isSquared: false },
    ),
    errors: updates.every(({ errors }) => errors !== null)
      ? summed(
          updates.flatMap(({ errors }) => errors ?? []),
          { ...how, counts, isSquared: true },
        )
      : null,
  }
}

interface How {
  readonly isMean: boolean
  readonly skipsNaN: boolean
}

function chosen(combine: Combination, unit: string | null): How {
  const how = combine === 'auto' ? (unit === 'counts' ? 'nansum' : 'nanmean') : combine
  return { isMean: how.endsWith('mean'), skipsNaN: how.startsWith('nan') }
}

/** How many numbers went into each bin. */
function countsOf(updates: readonly LiveOutput[], skipsNaN: boolean): Float64Array {
  const counts = new Float64Array(updates[0]?.signal.values.length ?? 0)
  for (const { signal } of updates)
    for (let index = 0; index < counts.length; index++)
      if (!skipsNaN || !Number.isNaN(signal.values[index])) counts[index] = (counts[index] ?? 0) + 1
  return counts
}

/** Sum or mean of variables of one shape; deviations are added in squares. */
function summed(
  variables: readonly LiveVariable[],
  how: How & { readonly counts: Float64Array | null; readonly isSquared: boolean },
): LiveVariable {
  const [first] = variables
  if (first === undefined) throw new Error('a window has at least one update')
  const sums = new Float64Array(first.values.length)
  for (const { values } of variables)
    for (let index = 0; index < sums.length; index++) {
      const value = values[index] ?? 0
      if (how.skipsNaN && Number.isNaN(value)) continue
      sums[index] = (sums[index] ?? 0) + (how.isSquared ? value * value : value)
    }
  for (let index = 0; index < sums.length; index++) {
    const sum = sums[index] ?? 0
    sums[index] = (how.isSquared ? Math.sqrt(sum) : sum) / (how.counts?.[index] ?? 1)
  }
  return { ...first, values: sums }
}
