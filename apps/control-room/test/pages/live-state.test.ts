// @vitest-environment happy-dom
import type { LiveChannelState } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { liveState } from '../../gallery/fake-server/live-data.ts'
import { createTrend } from '../../src/pages/data/plots/trend.ts'
import type { ShownOutput } from '../../src/pages/data/plots/shown-output.ts'
import { createWholeOutputs } from '../../src/pages/data/plots/whole-outputs.ts'
import { isSameForPlots } from '../../src/pages/data/use-live.ts'

function number(value: number, timeMs: number): ShownOutput {
  return {
    title: '',
    unit: 'K',
    shape: [],
    axes: [],
    values: Float64Array.of(value),
    errors: null,
    coords: new Map(),
    startTimeMs: null,
    timeMs,
    sum: value,
  }
}

test('plots need not know when only times and rates of workers changed', () => {
  const state = liveState()
  const heard: LiveChannelState = {
    ...state,
    revision: state.revision + 1,
    jobs: state.jobs.map((job) => ({ ...job, seenAt: job.seenAt + 2_000 })).toReversed(),
    outputKeys: state.outputKeys.toReversed(),
    workers: [],
  }
  expect(isSameForPlots(state, heard)).toBe(true)
  for (const change of [
    { jobs: state.jobs.map((job) => ({ ...job, state: 'error' as const })) },
    { jobs: state.jobs.slice(1) },
    { outputKeys: [...state.outputKeys, 'demo/new/1/panel_1/result'] },
    { isConnected: false },
    { generations: [] },
  ])
    expect(isSameForPlots(state, { ...state, ...change })).toBe(false)
})

test('a trend holds the last hour in order, with what the server kept before', () => {
  const trend = createTrend()
  const hourMs = 3_600_000
  trend.append(number(3, 10_000))
  trend.append(number(3, 10_000))
  trend.putBefore([8_000, 9_000, 10_000, 11_000], [1, 2, 9, 9])
  expect([...trend.times]).toEqual([8_000, 9_000, 10_000])
  expect([...trend.values]).toEqual([1, 2, 3])
  trend.append(number(4, 9_500 + hourMs))
  expect([...trend.values]).toEqual([3, 4])
})

test('a trend never holds more than 20 000 points', () => {
  const trend = createTrend()
  for (let i = 0; i < 30_000; i += 1) trend.append(number(i, i))
  expect(trend.times).toHaveLength(20_000)
  expect(trend.values.at(-1)).toBe(29_999)
})

test('an output with its arrays is told at once and when its numbers change, not with each result', () => {
  const told: number[] = []
  const wholes = createWholeOutputs((_key, output) => told.push(output.values[0] ?? Number.NaN))
  wholes.onResult('a', number(1, 0))
  wholes.want('a', true, number(1, 0))
  wholes.onResult('a', number(1, 1))
  wholes.onResult('a', number(2, 2))
  wholes.want('a', false, null)
  wholes.onResult('a', number(3, 3))
  expect(told).toEqual([1, 2])
})
