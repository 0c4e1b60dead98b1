// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import type { ArraysFrame } from '../../src/net/frame-codec.ts'
import { followAll } from '../../src/pages/data/output-kind.ts'
import type { ChartPlan } from '../../src/pages/data/plots/chart.ts'
import { settingsOf } from '../../src/pages/data/plots/plot-params.ts'
import { createPlotStage } from '../../src/pages/data/plots/plot-stage.ts'
import type { ChartReport, FromStage, ToStage } from '../../src/pages/data/plots/stage-messages.ts'

/** A drawing surface that takes every call and draws nothing. */
const surface: unknown = new Proxy(
  {},
  { get: (_, name) => (name === 'measureText' ? () => ({ width: 10 }) : () => undefined), set: () => true },
)

function curve(values: readonly number[]): ArraysFrame {
  const x = Float64Array.from(values.keys())
  return {
    kind: 'arrays',
    skipped: false,
    stale: false,
    recorded: false,
    subscription: 1,
    seq: 1,
    sourceTimeMs: 5_000,
    sendTimeMs: 5_000,
    meta: {
      title: 'Histogram',
      arrays: [
        { name: 'signal', axes: ['toa'] },
        { name: 'toa', axes: ['toa'] },
      ],
    },
    columns: [
      {
        name: 'signal',
        dtype: 'f64',
        shape: [values.length],
        unit: 'counts',
        data: Float64Array.from(values),
      },
      { name: 'toa', dtype: 'f64', shape: [values.length], unit: 'ms', data: x },
    ],
  }
}

function planOf(key: string): ChartPlan {
  return {
    plotName: '',
    settings: settingsOf(null),
    layers: [{ key, label: key }],
    axes: [],
    slice: {},
    overlays: [],
  }
}

interface Rig {
  readonly tell: (message: ToStage) => void
  readonly send: (key: string, frame: ArraysFrame) => void
  /** Draws what is due and waits until it was told. */
  readonly settle: () => Promise<void>
  readonly told: FromStage[]
  readonly open: (chart: number, key: string) => void
  readonly followed: Set<string>
}

function rig(): Rig {
  const told: FromStage[] = []
  const frames: (() => void)[] = []
  const sinks = new Map<string, (frame: ArraysFrame) => void>()
  const followed = new Set<string>()
  const tell = createPlotStage({
    subscribe({ key }, onFrame) {
      sinks.set(key, onFrame)
      followed.add(key)
      return () => void followed.delete(key)
    },
    requestFrame: (run) => frames.push(run),
    tell: (message) => told.push(message),
    beatMs: 0,
  })
  return {
    tell,
    told,
    followed,
    send: (key, frame) => sinks.get(key)?.(frame),
    async settle() {
      for (const run of frames.splice(0)) run()
      await new Promise((resolve) => setTimeout(resolve, 5))
    },
    open(chart, key) {
      tell({ kind: 'follow', instrument: 'demo', key, maxRate: 5 })
      const canvas = { width: 0, height: 0, getContext: () => surface } as unknown as HTMLCanvasElement
      tell({
        kind: 'open',
        chart,
        canvas,
        size: { width: 300, height: 200, ratio: 1 },
        plan: planOf(key),
        scale: followAll,
      })
    },
  }
}

function reports(told: readonly FromStage[], chart: number): readonly ChartReport[] {
  return told.flatMap((message) =>
    message.kind === 'beat' ? message.charts.filter((one) => one.chart === chart) : [],
  )
}

test('results of one beat are told in one message, with what was drawn of them', async () => {
  const { open, send, settle, told } = rig()
  open(1, 'a')
  open(2, 'b')
  await settle()
  told.length = 0
  send('a', curve([1, 2, 3]))
  send('b', curve([4, 5, 6]))
  await settle()
  const beats = told.filter(({ kind }) => kind === 'beat')
  expect(beats).toHaveLength(1)
  expect(beats[0]).toMatchObject({
    outputs: [
      { key: 'a', summary: { sum: 6 } },
      { key: 'b', summary: { sum: 15 } },
    ],
  })
  expect(reports(told, 1).at(-1)).toMatchObject({ kind: 'curves', n: 3, last: 3, xLabel: 'toa (ms)' })
})

test('an output that several follow is subscribed once and ended with the last of them', () => {
  const { tell, followed } = rig()
  tell({ kind: 'follow', instrument: 'demo', key: 'a', maxRate: 5 })
  tell({ kind: 'follow', instrument: 'demo', key: 'a', maxRate: 5 })
  tell({ kind: 'unfollow', key: 'a' })
  expect([...followed]).toEqual(['a'])
  tell({ kind: 'unfollow', key: 'a' })
  expect([...followed]).toEqual([])
})

test('the pointer finds the next point, and the same place in other charts only when they are linked', async () => {
  const { open, send, settle, tell, told } = rig()
  open(1, 'a')
  open(2, 'b')
  send('a', curve([1, 2, 3]))
  send('b', curve([4, 5, 6]))
  await settle()
  const cursors = (): readonly (readonly [number, string])[] => {
    const last = told.findLast((message) => message.kind === 'cursors')
    return last?.kind === 'cursors' ? last.cursors.map(({ chart, text }) => [chart, text] as const) : []
  }
  tell({ kind: 'pointer', chart: 1, at: { x: 160, y: 80 } })
  expect(cursors()).toEqual([[1, '1 · 2']])
  tell({ kind: 'link', isLinked: true })
  tell({ kind: 'pointer', chart: 1, at: { x: 160, y: 80 } })
  expect(cursors()).toEqual([
    [1, '1 · 2'],
    [2, '1 · 5'],
  ])
  tell({ kind: 'pointer', chart: 1, at: null })
  expect(cursors()).toEqual([])
})

test('a zoom holds while results come, is shared by linked charts and ends with everything shown', async () => {
  const { open, send, settle, tell, told } = rig()
  open(1, 'a')
  open(2, 'b')
  tell({ kind: 'link', isLinked: true })
  send('a', curve([1, 2, 3, 4, 5]))
  send('b', curve([1, 2, 3, 4, 5]))
  await settle()
  tell({
    kind: 'zoom',
    chart: 1,
    box: [
      { x: 100, y: 0 },
      { x: 200, y: 10 },
    ],
  })
  send('b', curve([5, 5, 5, 5, 5]))
  await settle()
  const zoomed = reports(told, 1).at(-1)
  expect(zoomed?.isZoomed).toBe(true)
  expect((zoomed?.x[1] ?? 0) - (zoomed?.x[0] ?? 0)).toBeLessThan(2.5)
  expect(reports(told, 2).at(-1)?.x).toEqual(zoomed?.x)
  tell({ kind: 'zoom', chart: 1, box: null })
  await settle()
  expect(reports(told, 2).at(-1)).toMatchObject({ isZoomed: false, x: [0, 4] })
})

test('a range that does not follow the data stays until it is fitted', async () => {
  const { open, send, settle, tell, told } = rig()
  open(1, 'a')
  send('a', curve([0, 10]))
  await settle()
  tell({ kind: 'plan', chart: 1, plan: planOf('a'), scale: { ...followAll, y: false } })
  await settle()
  const held = reports(told, 1).at(-1)?.y
  send('a', curve([0, 1_000]))
  await settle()
  expect(reports(told, 1).at(-1)?.y).toEqual(held)
  tell({ kind: 'plan', chart: 1, plan: planOf('a'), scale: { ...followAll, y: false, fit: 1 } })
  await settle()
  expect(reports(told, 1).at(-1)?.y[1]).toBeGreaterThan(1_000)
})

test('a chart is told as a table of its points', async () => {
  const { open, send, settle, tell, told } = rig()
  open(1, 'a')
  send('a', curve([7, 8]))
  await settle()
  tell({ kind: 'table', chart: 1, request: 9 })
  expect(told.at(-1)).toEqual({
    kind: 'table',
    request: 9,
    table: {
      heads: ['toa (ms)', 'counts'],
      rows: [
        [0, 7],
        [1, 8],
      ],
      left: 0,
    },
  })
})

afterEach(() => vi.unstubAllGlobals())

test('a plot that cannot be drawn is told and does not stop the others', async () => {
  const failures: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => failures.push(error))
  const { open, send, settle, tell, told } = rig()
  tell({ kind: 'follow', instrument: 'demo', key: 'a', maxRate: 5 })
  const broken = new Proxy(
    {},
    {
      get: () => () => {
        throw new Error('no surface')
      },
    },
  )
  const canvas = { width: 0, height: 0, getContext: () => broken } as unknown as HTMLCanvasElement
  const size = { width: 300, height: 200, ratio: 1 }
  tell({ kind: 'open', chart: 1, canvas, size, plan: planOf('a'), scale: followAll })
  open(2, 'a')
  send('a', curve([1, 2, 3]))
  await settle()
  expect(failures).toHaveLength(1)
  expect(reports(told, 2).at(-1)).toMatchObject({ kind: 'curves', n: 3 })
})
