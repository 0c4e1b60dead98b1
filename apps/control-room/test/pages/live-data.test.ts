// @vitest-environment happy-dom
import type { LiveChannelState, LiveGrid, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { liveState } from '../../gallery/fake-server/live-data.ts'
import { gridOnWall } from '../../src/pages/data/data-wall.tsx'
import { outputOfView, timeOfLayer, timeOfSearch } from '../../src/pages/data/output-time.ts'
import { comparedSettings } from '../../src/pages/data/settings-compare.tsx'
import { gridCells, overviewCells } from '../../src/pages/data/shown-cells.ts'
import { streamRows } from '../../src/pages/data/streams-panel.tsx'
import { settingsOfStarts } from '../../src/pages/data/use-staging.ts'
import { stateFor } from '../../src/pages/data/use-live.ts'
import { centresOf } from '../../src/pages/data/plots/shown-output.ts'

const asSet = { kind: 'as-set' } as const
const monitorId = 'demo/monitor_histogram/1'

function gridOf(workflow: string): LiveGrid {
  return {
    title: 'Beam',
    nrows: 3,
    ncols: 3,
    enabled: true,
    cells: [
      {
        geometry: { row: 1, col: 0, row_span: 2, col_span: 3 },
        user_title: 'Before the sample',
        layers: [
          {
            data_sources: {
              primary: { workflow_id: workflow, source_names: ['monitor_1'], view_name: 'result' },
            },
            plot_name: 'lines',
            params: {},
          },
        ],
      },
    ],
  }
}

test('the overview shows what runs, pictures before curves before numbers', () => {
  const keys = overviewCells(liveState(), asSet).map(({ key }) => key)
  expect(keys).toEqual([
    'demo/detector_view/1/panel_0/result',
    `${monitorId}/monitor_1/result`,
    'demo/timeseries_data/1/sample_temperature/result',
  ])
})

test('the overview leaves out what stopped and what has no result yet', () => {
  const state = liveState()
  const changed: LiveChannelState = {
    ...state,
    jobs: state.jobs.map((job) => (job.workflow === monitorId ? { ...job, state: 'stopped' as const } : job)),
    outputKeys: state.outputKeys.filter((key) => !key.startsWith('demo/detector_view')),
  }
  expect(overviewCells(changed, asSet).map(({ title }) => title)).toEqual(['sample_temperature'])
})

test('the overview never has more than nine cells', () => {
  const state = liveState()
  const [job] = state.jobs
  if (job === undefined) throw new Error('no job')
  const sources = Array.from({ length: 20 }, (_, index) => `panel_${index}`)
  const many: LiveChannelState = {
    ...state,
    jobs: sources.map((source) => ({ ...job, id: source, source })),
    outputKeys: sources.map((source) => `${job.workflow}/${source}/result`),
  }
  expect(overviewCells(many, asSet)).toHaveLength(9)
})

test('a cell of a layout stands where its geometry says, under the title that it was given', () => {
  expect(gridCells(gridOf(monitorId), liveState(), asSet)).toEqual([
    {
      key: `${monitorId}/monitor_1/result`,
      title: 'Before the sample',
      sub: 'Beam monitor · Histogram · since start',
      workflow: monitorId,
      source: 'monitor_1',
      more: [],
      index: 0,
      geometry: { row: 1, col: 0, row_span: 2, col_span: 3 },
    },
  ])
})

test('a cell whose workflow does not exist keeps its place and says what it is', () => {
  expect(gridCells(gridOf('demo/gone/1'), liveState(), asSet)).toMatchObject([
    { key: '', title: 'Before the sample', sub: 'demo/gone/1/monitor_1/result, lines', index: 0 },
  ])
})

const spec = { description: '', unit: 'counts' }
const view: LiveWorkflow = {
  ...(liveState().workflows[0] as LiveWorkflow),
  outputs: [
    { ...spec, name: 'cumulative', title: 'Image', kind: 'cumulative', ndim: 2 },
    { ...spec, name: 'current', title: 'Image update', kind: 'window', ndim: 2 },
    { ...spec, name: 'counts_total', title: 'Total (update)', kind: 'window', ndim: 0 },
    { ...spec, name: 'counts_total_cumulative', title: 'Total', kind: 'cumulative', ndim: 0 },
  ],
}
const last = { kind: 'last', seconds: 30, combine: 'auto' } as const

test('a view of a layout is the output of its time: since the start, or the updates of the last seconds', () => {
  const outputs = (name: string): readonly string[] =>
    ([asSet, { kind: 'start' }, last] as const).map((time) => {
      const { output, suffix } = outputOfView(view, name, time)
      return output + suffix
    })
  expect(outputs('image')).toEqual(['cumulative', 'cumulative', 'current@30,auto'])
  expect(outputs('current')).toEqual(['current', 'cumulative', 'current@30,auto'])
  expect(outputs('total_counts')[0]).toBe('counts_total_cumulative')
  expect(outputs('unknown')).toEqual(['unknown', 'unknown', 'unknown'])
})

test('the time of the page goes before that of a layer, but not for numbers', () => {
  const layer = { params: { window: { mode: 'window', window_duration_seconds: 5, aggregation: 'mean' } } }
  expect(timeOfLayer(layer, asSet, 2)).toEqual({ kind: 'last', seconds: 5, combine: 'mean' })
  expect(timeOfLayer(layer, { kind: 'start' }, 2)).toEqual({ kind: 'start' })
  expect(timeOfLayer(null, last, 2)).toEqual(last)
  expect(timeOfLayer(null, last, 0)).toEqual(asSet)
})

test('the address says the time; what it cannot mean is as set', () => {
  expect(timeOfSearch('start', undefined)).toEqual({ kind: 'start' })
  expect(timeOfSearch(30, 'no such')).toEqual(last)
  expect(timeOfSearch(undefined, 'mean')).toEqual(asSet)
})

test('streams that belong to nothing come first, then the busiest', () => {
  const [worker] = liveState().workers
  if (worker === undefined) throw new Error('no worker')
  const stream = (source: string, count: number, name: string | null) => ({
    topic: 't',
    source,
    stream: name,
    count,
  })
  const rows = streamRows([
    {
      ...worker,
      statsWindowS: 30,
      streams: [stream('a', 30, 'a'), stream('b', 90, 'b'), stream('x', 3, null)],
    },
    { ...worker, streams: null },
  ])
  expect(rows.map(({ source, rate }) => [source, rate])).toEqual([
    ['x', 0.1],
    ['b', 3],
    ['a', 1],
  ])
})

test('a wall goes from grid to grid, beginning with that of its address', () => {
  const grids = ['a', 'b', 'c'].map((title) => ({ ...gridOf(monitorId), title }))
  const titles = [0, 1, 2, 3].map((turn) => gridOnWall(grids, 'grid:b', turn)?.title)
  expect(titles).toEqual(['b', 'c', 'a', 'b'])
  expect(gridOnWall(grids, 'grid:b', null)?.title).toBe('b')
  expect(gridOnWall(grids, undefined, null)).toBe(null)
  expect(gridOnWall([], undefined, 3)).toBe(null)
})

test('settings that run and settings that would run stand side by side', () => {
  const group = {
    name: 'edges',
    title: 'Edges',
    description: '',
    fields: { bins: { type: 'integer', title: 'Bins', default: 100 } },
  } as const
  const workflow = { ...view, parameters: [group], auxSources: { monitor: ['m1', 'm2'] } }
  const start = (source: string, bins: number | undefined, monitor: string) => ({
    source,
    parameters: bins === undefined ? {} : { edges: { bins } },
    auxSources: { monitor },
  })
  const staged = [start('b', 50, 'm2'), start('a', 50, 'm2')]
  expect(comparedSettings(workflow, staged, [start('a', undefined, 'm1')])).toEqual([
    { name: 'Sources', running: 'a', staged: 'a, b' },
    { name: 'monitor', running: 'm1', staged: 'm2' },
    { name: 'Edges · Bins', running: '100', staged: '50' },
  ])
  const differing = [start('a', 50, 'm1'), start('b', 60, 'm1')]
  expect(comparedSettings(workflow, differing, differing)[2]).toMatchObject({ staged: 'a: 50, b: 60' })
  expect(settingsOfStarts(workflow, [...differing, start('c', 50, 'm1')])).toEqual({
    shared: { edges: { bins: 50 } },
    own: { b: { edges: { bins: 60 } } },
  })
})

test('a dashboard of monitors shows their workflows and jobs only', () => {
  const shown = stateFor('monitors', liveState())
  expect(shown.workflows.map(({ id }) => id)).toEqual([monitorId])
  expect(shown.jobs.map(({ workflow }) => workflow)).toEqual([monitorId])
  expect(stateFor('all', liveState()).workflows).toHaveLength(3)
})

test('edges of bins become their centres, other coordinates stay', () => {
  expect([...centresOf(Float64Array.of(0, 2, 6), 2)]).toEqual([1, 4])
  expect([...centresOf(Float64Array.of(0, 2), 2)]).toEqual([0, 2])
})
