import type { LiveView } from '@beamtime/live-data'
import type { LiveOutput } from '@beamtime/live-data/ui-types'
import { expect, test } from 'vitest'
import { combined, outputWindows, takeUpdate, windowOf } from '../src/livedata/output-window.ts'

function update(second: number, values: readonly number[], more: Partial<LiveOutput> = {}): LiveOutput {
  const variable = (all: readonly number[]) => ({
    dims: ['x'],
    shape: [all.length],
    unit: 'counts',
    values: Float64Array.from(all),
  })
  return {
    key: 'dummy/w/1/s/current',
    workflow: 'dummy/w/1',
    source: 's',
    jobNumber: 'j',
    output: 'current',
    label: '',
    signal: variable(values),
    errors: variable(values.map(Math.sqrt)),
    coords: { x: { ...variable([0, 1, 2].slice(0, values.length + 1)), unit: 'ms' } },
    startTimeMs: (second - 1) * 1_000,
    timeMs: second * 1_000,
    receivedAt: 0,
    sequence: second,
    ...more,
  }
}

const kept = (updates: readonly LiveOutput[], seconds: number): LiveOutput[] => {
  const all: LiveOutput[] = []
  for (const one of updates) takeUpdate(all, one, seconds)
  return all
}

test('the key of an output may ask for a window', () => {
  const key = 'dummy/w/1/s/current'
  expect(windowOf(`${key}@30,nansum`)).toEqual({ key, seconds: 30, combine: 'nansum' })
  for (const other of [key, `${key}@61,auto`, `${key}@5,median`, `${key}@-5,auto`])
    expect(windowOf(other)).toBe(null)
})

test('a window has the latest update and the seconds before it', () => {
  const updates = [1, 2, 3, 4, 5].map((second) => update(second, [second, 1]))
  expect(kept(updates, 0).map(({ sequence }) => sequence)).toEqual([5])
  expect(kept(updates, 2).map(({ sequence }) => sequence)).toEqual([3, 4, 5])
  const whole = combined(kept(updates, 60), 'auto')
  expect([...whole.signal.values]).toEqual([15, 5])
  expect([...(whole.errors?.values ?? [])]).toEqual([Math.sqrt(15), Math.sqrt(5)])
  expect([whole.startTimeMs, whole.timeMs]).toEqual([0, 5_000])
})

test('a window begins anew with another job, other bins or another shape', () => {
  const first = update(1, [1, 1])
  expect(kept([first, update(2, [1, 1], { jobNumber: 'k' })], 60)).toHaveLength(1)
  expect(kept([first, update(2, [1])], 60)).toHaveLength(1)
  const moved = { x: { dims: ['x'], shape: [3], unit: 'ms', values: Float64Array.of(0, 1, 9) } }
  expect(kept([first, update(2, [1, 1], { coords: moved })], 60)).toHaveLength(1)
})

test('means leave out what is no number only when they are asked to', () => {
  const updates = [update(1, [2, Number.NaN]), update(2, [4, 3])]
  const values = (combine: Parameters<typeof combined>[1]): number[] => [
    ...combined(updates, combine).signal.values,
  ]
  expect(values('nanmean')).toEqual([3, 3])
  expect(values('mean')).toEqual([3, Number.NaN])
  expect(values('nansum')).toEqual([6, 3])
  expect(values('sum')).toEqual([6, Number.NaN])
  expect(combined(updates, 'mean').errors?.values[0]).toBeCloseTo(Math.sqrt(6) / 2)
})

test('updates that are too large together shorten the window, and it says so', () => {
  const large = Array.from({ length: 4 }, (_, index) => {
    const one = update(index + 1, [1])
    const values = new Float64Array(3_000_000).fill(1)
    return { ...one, errors: null, coords: {}, signal: { ...one.signal, shape: [values.length], values } }
  })
  const large60 = kept(large, 60)
  expect(large60.map(({ sequence }) => sequence)).toEqual([3, 4])
  expect(combined(large60, 'auto').startTimeMs).toBe(2_000)
})

test('pages with the same choice share one window, which ends with the instrument', () => {
  const listeners = new Set<(output: LiveOutput) => void>()
  const view = {
    onOutput(_key: string, listener: (output: LiveOutput) => void) {
      listeners.add(listener)
      listener(update(1, [1, 0]))
      return () => listeners.delete(listener)
    },
  } as unknown as LiveView
  const windows = outputWindows(view)
  const seen: number[][] = [[], []]
  const choice = { key: 'k', seconds: 10, combine: 'auto' } as const
  const stop = windows.follow(choice, ({ signal }) => seen[0]?.push(signal.values[0] ?? 0))
  for (const listener of listeners) listener(update(2, [5, 0]))
  windows.follow(choice, ({ signal }) => seen[1]?.push(signal.values[0] ?? 0))
  stop?.()
  for (const listener of listeners) listener(update(3, [1, 0]))
  expect(seen).toEqual([
    [1, 6],
    [6, 7],
  ])
  expect(listeners.size).toBe(1)
  windows.close()
  expect(listeners.size).toBe(0)
})
