// @vitest-environment happy-dom
import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { liveState } from '../../gallery/fake-server/live-data.ts'
import { gridCells, overviewCells } from '../../src/pages/data/shown-cells.ts'
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

test('a cell whose workflow does not exist is left out', () => {
  expect(gridCells(gridOf('demo/gone/1'), liveState(), asSet)).toEqual([])
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
