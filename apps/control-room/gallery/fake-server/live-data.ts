import type {
  LiveChannelState,
  LiveGrid,
  LiveGridCheck,
  LiveHistoryAnswer,
  LiveInstrumentInfo,
  LiveLayer,
  LiveOutputInfo,
  LiveWorkflow,
} from '@beamtime/http-gateway/ui-types'
import type { ColumnToSend } from './encode-frame.ts'
import type { World } from './world.ts'

/* One instrument with a detector view, a monitor and a sensor. */

const instrument = 'demo'
const startMs = Date.now()
const jobNumber = 'e5d1a9f0-0000-4000-8000-000000000001'
const bins = 200
const side = 48

interface Kind {
  readonly name: string
  readonly title: string
  readonly source: string
  readonly service: LiveWorkflow['service']
  readonly group: LiveWorkflow['group']
  readonly output: Pick<LiveOutputInfo, 'kind' | 'ndim' | 'unit' | 'title'>
  /** Further outputs, for layouts. */
  readonly more?: readonly Omit<LiveOutputInfo, 'description'>[]
}

const kinds: readonly Kind[] = [
  {
    name: 'detector_view',
    title: 'Detector view',
    source: 'panel_0',
    service: 'detector_data',
    group: 'Detectors',
    output: { kind: 'cumulative', ndim: 2, unit: 'counts', title: 'Image' },
    more: [{ name: 'volume', kind: 'window', ndim: 3, unit: 'counts', title: 'Image by time' }],
  },
  {
    name: 'monitor_histogram',
    title: 'Beam monitor',
    source: 'monitor_1',
    service: 'monitor_data',
    group: 'Monitors',
    output: { kind: 'cumulative', ndim: 1, unit: 'counts', title: 'Histogram' },
    more: [{ name: 'counts', kind: 'window', ndim: 0, unit: 'counts', title: 'Counts' }],
  },
  {
    name: 'timeseries_data',
    title: 'Time series',
    source: 'sample_temperature',
    service: 'timeseries',
    group: 'Devices and sensors',
    output: { kind: 'series', ndim: 0, unit: 'K', title: 'Value' },
  },
]

const workflows = kinds.map(({ name, title, source, service, group, output, more = [] }): LiveWorkflow => ({
  id: `${instrument}/${name}/1`,
  name,
  service,
  group,
  title,
  description: '',
  sources: [source],
  auxSources: {},
  parameters: [],
  outputs: [{ ...output, name: 'result' }, ...more].map((one) => ({ ...one, description: '' })),
  supportsReset: true,
  hasRegions: false,
  nicosDevices: group === 'Monitors' ? [{ name: `${source}_counts_total`, source, output: 'result' }] : [],
}))

const keyOf = ({ id, sources }: LiveWorkflow): string => `${id}/${sources[0] ?? ''}/result`

/** Layouts of a fresh world. */
export const firstGrids: readonly LiveGrid[] = [
  {
    title: 'Beam',
    nrows: 2,
    ncols: 2,
    enabled: true,
    cells: [
      {
        geometry: { row: 0, col: 0, row_span: 1, col_span: 2 },
        layers: [
          {
            data_sources: {
              primary: {
                workflow_id: `${instrument}/monitor_histogram/1`,
                source_names: ['monitor_1'],
                view_name: 'result',
              },
            },
            plot_name: 'lines',
            params: {},
          },
        ],
      },
    ],
  },
]

type Source = readonly [workflow: string, source: string, view: string]
const volume: Source = ['detector_view', 'panel_0', 'volume']
const monitor: Source = ['monitor_histogram', 'monitor_1', 'result']
const counts: Source = ['monitor_histogram', 'monitor_1', 'counts']
const temperature: Source = ['timeseries_data', 'sample_temperature', 'result']

function dataSource([workflow, source, view_name]: Source): LiveLayer['data_sources'][string] {
  return { workflow_id: `${instrument}/${workflow}/1`, source_names: [source], view_name }
}

/** One cell of each kind of plot. */
const plots: readonly (readonly [
  plot: string,
  sources: Readonly<Record<string, Source>>,
  params: LiveLayer['params'],
])[] = [
  ['slicer', { primary: volume }, { color: { map: 'inferno' } }],
  ['flatten', { primary: volume }, { flatten: { x_dims: 't, x' }, plot_scale: { color_scale: 'log' } }],
  ['lines', { primary: monitor }, { curve: { mode: 'steps' }, plot_scale: { y_scale: 'log' } }],
  ['timeseries', { primary: counts }, {}],
  ['correlation_histogram_1d', { primary: counts, x_axis: temperature }, { bins: { x: 20, per_time: true } }],
  [
    'correlation_histogram_2d',
    { primary: counts, x_axis: temperature, y_axis: counts },
    { bins: { x: 16, y: 12 } },
  ],
  ['bars', { primary: counts }, { bars: { horizontal: true } }],
  ['table', { primary: counts }, { table: { notation: 'scientific', precision: 3 } }],
]

/** A layout with all plots. */
export const plotsGrid: LiveGrid = {
  title: 'Plots',
  nrows: 2,
  ncols: 4,
  enabled: true,
  cells: plots.map(([plot_name, sources, params], index) => ({
    geometry: { row: Math.floor(index / 4), col: index % 4, row_span: 1, col_span: 1 },
    user_title: plot_name.replaceAll('_', ' '),
    layers: [
      {
        data_sources: Object.fromEntries(
          Object.entries(sources).map(([role, source]) => [role, dataSource(source)]),
        ),
        plot_name,
        params,
      },
      ...(plot_name === 'lines'
        ? [{ data_sources: {}, plot_name: 'vlines', params: { overlay: { places: [25_000] } } }]
        : []),
    ],
  })),
}

export function liveState(): LiveChannelState {
  const now = Date.now()
  return {
    instrument,
    title: 'Demo instrument',
    workflows,
    generations: workflows.map(({ id }) => ({ workflow: id, jobNumber, settings: {}, isPending: false })),
    jobs: workflows.map(({ id, sources: [source = ''] }) => ({
      id: `${source}/${jobNumber}`,
      workflow: id,
      source,
      jobNumber,
      state: 'active' as const,
      warning: null,
      error: null,
      startTime: `${startMs}000000`,
      endTime: null,
      seenAt: now,
      isStale: false,
    })),
    workers: kinds.map(({ service }, index) => ({
      workerId: `${service}-1`,
      service,
      state: 'running' as const,
      version: '0.1.0',
      host: 'gallery',
      pid: 4_100 + index,
      startedAt: `${startMs}000000`,
      activeJobs: 1,
      error: null,
      windowS: 1,
      streams: [
        { topic: `demo_${service}`, source: 'demo', stream: 'demo', count: 420 },
        ...(index === 0 ? [{ topic: 'demo_detector', source: 'panel_9', stream: null, count: 14 }] : []),
      ],
      statsWindowS: 30,
      seenAt: now,
      isStale: false,
    })),
    notices: [{ id: 1, time: startMs, level: 'success', text: 'Detector view started' }],
    droppedResults: 0,
    revision: Math.floor((now - startMs) / 1_000),
    isConnected: true,
    outputKeys: workflows.map(keyOf),
    sessions: [
      { id: 'a1b2c3d4', user: 'mara', since: startMs, heardAt: now, isSelf: true },
      {
        id: '5e6f7a8b',
        user: 'wall display',
        since: startMs - 86_400_000,
        heardAt: now - 2_000,
        isSelf: false,
      },
    ],
  }
}

/** Arrays of one output now; null for an unknown one. */
export function outputColumns(asked: string): readonly ColumnToSend[] | null {
  // A window over updates looks as everything since the start.
  const key = asked.replace(/@.*$/, '')
  const seconds = 60 + (Date.now() - startMs) / 1_000
  if (key.endsWith('/volume')) return volumeColumns(seconds)
  if (key.endsWith('/counts'))
    return [['signal', Float64Array.of(countsAt(Date.now())), { shape: [], axes: [], unit: 'counts' }]]
  switch (workflows.find((workflow) => keyOf(workflow) === key)?.name ?? '') {
    case 'detector_view': {
      const at = (index: number): number => (index - side / 2) / 9
      const values = Float64Array.from({ length: side * side }, (_, index) =>
        Math.round(seconds * 20 * Math.exp(-(at(Math.floor(index / side)) ** 2) - at(index % side) ** 2)),
      )
      return [['signal', values, { shape: [side, side], axes: ['y', 'x'], unit: 'counts' }]]
    }
    case 'monitor_histogram': {
      const edges = Float64Array.from({ length: bins + 1 }, (_, index) => (index * 71_000) / bins)
      const values = Float64Array.from({ length: bins }, (_, index) =>
        Math.round(seconds * 900 * Math.exp(-(((index - 70) / 25) ** 2))),
      )
      return [
        ['signal', values, { axes: ['time_of_arrival'], unit: 'counts' }],
        ['time_of_arrival', edges, { axes: ['time_of_arrival'], unit: 'µs' }],
      ]
    }
    case 'timeseries_data':
      return [
        ['signal', Float64Array.of(temperatureAt(Date.now())), { axes: ['time'], unit: 'K' }],
        ['time', Float64Array.of(Date.now()), { axes: ['time'], unit: 'ms' }],
      ]
    default:
      return null
  }
}

const slices = 12
const small = 24

/** A ring that grows with the time of flight. */
function volumeColumns(seconds: number): readonly ColumnToSend[] {
  const values = Float64Array.from({ length: slices * small * small }, (_, index) => {
    const slice = Math.floor(index / (small * small))
    const [y, x] = [Math.floor(index / small) % small, index % small]
    const away = Math.hypot(y - small / 2, x - small / 2) - slice
    return Math.round(seconds * Math.exp(-(away ** 2) / 4))
  })
  const edges = Float64Array.from({ length: slices + 1 }, (_, index) => index * 5)
  return [
    ['signal', values, { shape: [slices, small, small], axes: ['t', 'y', 'x'], unit: 'counts' }],
    ['t', edges, { axes: ['t'], unit: 'ms' }],
  ]
}

function temperatureAt(ms: number): number {
  return 294 + Math.sin(ms / 20_000)
}

function countsAt(ms: number): number {
  return Math.round(900 + 300 * Math.sin(ms / 20_000) + 60 * Math.sin(ms / 1_700))
}

/** The last minutes of a number, one value a second. */
function historyOf(key: string): LiveHistoryAnswer {
  const valueAt = key.endsWith('/counts')
    ? countsAt
    : key.includes('/timeseries_data/')
      ? temperatureAt
      : null
  if (valueAt === null) return { key, times: [], values: [] }
  const now = Date.now()
  const times = Array.from({ length: 300 }, (_, index) => now - (300 - index) * 1_000)
  return { key, times, values: times.map(valueAt) }
}

/** Answers of the routes under /livedata; undefined for others. */
export function getLiveData(world: Pick<World, 'grids'>, path: string, query: URLSearchParams): unknown {
  switch (path) {
    case '/livedata':
      return [{ name: instrument, dashboards: {} }] satisfies readonly LiveInstrumentInfo[]
    case `/livedata/${instrument}`:
      return liveState()
    case `/livedata/${instrument}/grids`:
      return query.get('format') === 'yaml'
        ? new TextEncoder().encode(
            JSON.stringify(
              world.grids.find(({ title }) => title === query.get('title')),
              null,
              2,
            ),
          ).buffer
        : world.grids
    case `/livedata/${instrument}/templates`:
      return firstGrids.map((grid) => ({
        ...grid,
        title: 'Monitors',
        description: 'Outputs of the group Monitors.',
      }))
    case `/livedata/${instrument}/history`:
      return historyOf(query.get('key') ?? '')
    case `/livedata/${instrument}/settings`:
      return []
    default:
      return undefined
  }
}

/** Changes of layouts and commands; undefined for other routes. A layout's file is JSON here, which is YAML too. */
export function changeLiveData(
  world: Pick<World, 'grids'>,
  path: string,
  body: Readonly<Record<string, unknown>>,
): unknown {
  switch (path) {
    case `/livedata/${instrument}/grids`:
      world.grids = body['grids'] as readonly LiveGrid[]
      return world.grids
    case `/livedata/${instrument}/grids/check`:
      return checkedFile(String(body['yaml'] as string))
    case `/livedata/${instrument}/command`:
      return { success: true, msg: '', result: null }
    default:
      return undefined
  }
}

function checkedFile(text: string): LiveGridCheck {
  try {
    const grid = JSON.parse(text) as LiveGrid
    if (grid.nrows <= 6) return { grids: [grid], problem: null }
    const line = text.slice(0, text.indexOf('"nrows"')).split('\n').length
    const wrong = 'grids[0].nrows: must be a whole number from 2 to 6'
    return { grids: [], problem: { line, column: 12, text: wrong } }
  } catch {
    return { grids: [], problem: { line: 1, column: 1, text: 'not YAML' } }
  }
}
