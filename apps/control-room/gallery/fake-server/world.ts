import type {
  ConsoleChunk,
  HistoryItem,
  ItemEstimate,
  LiveGrid,
  LiveStatus,
  QueueEvent,
  QueueItem,
  RunSummary,
} from '@beamtime/http-gateway/ui-types'
import { fakeHistoryItem, fakeQueue, newUid, runningGrid, runningScan } from './items.ts'
import { firstGrids, plotsGrid } from './live-data.ts'
import { fakeRun, type FakeRun, type RunSeed, type Shape } from './run-data.ts'

export const scenarios = [
  'running',
  'map',
  'idle',
  'failed',
  'empty',
  'closed',
  'late',
  'paused',
  'huge',
  'fresh',
  'login',
] as const
export type Scenario = (typeof scenarios)[number]

export interface WorldEvents {
  status(): void
  queue(event: QueueEvent): void
  queueSnap(): void
  history(item: HistoryItem): void
  console(chunks: readonly ConsoleChunk[]): void
  runStarted(): void
  runRows(run: FakeRun): void
  runChanged(run: FakeRun): void
  services(): void
}

/** Everything that the fake server knows. Changed by requests and by its own small engine. */
export interface World {
  readonly scenario: Scenario
  readonly events: WorldEvents
  readonly listeners: Set<Partial<WorldEvents>>
  isLoggedIn: boolean
  items: QueueItem[]
  estimates: Record<string, ItemEstimate>
  running: QueueItem | null
  historyTotal: number
  past: HistoryItem[]
  console: ConsoleChunk[]
  runs: FakeRun[]
  runsTotal: number
  manager: NonNullable<LiveStatus['manager_state']>
  isOpen: boolean
  isStopPending: boolean
  isPausePending: boolean
  isAutostart: boolean
  mode: { loop: boolean; ignore_failures: boolean }
  pointSeconds: number
  /** Layouts of live data. */
  grids: readonly LiveGrid[]
}

export const nowS = (): number => Date.now() / 1000

const past: readonly (readonly [
  string,
  string,
  string | null,
  readonly [number, number],
  string,
  number,
  Shape,
  string,
  number,
  RunSummary['exit_status'],
])[] = [
  ['Slit 2 alignment', 'rel_scan', 's2_gap', [-0.2, 0.2], 'mm', 41, 'edge', 'mara', 240, 'success'],
  ['FeO-12 map, coarse', 'grid_scan', null, [0, 1], '', 1271, 'map', 'jonas', 540, 'fail'],
  [
    'Fe2O3, Fe K edge',
    'xafs_scan',
    'energy',
    [7.062, 7.312],
    'keV',
    251,
    'spectrum',
    'jonas',
    1264,
    'success',
  ],
  ['Fossil 03, test', 'tomo_fly', 'rot', [0, 180], 'deg', 904, 'noise', 'priya', 120, 'abort'],
  ['Si-111 rocking curve', 'scan', 'th', [-0.05, 0.05], 'deg', 101, 'peak', 'mara', 600, 'success'],
  ['Dark frames', 'count', null, [0, 1], '', 100, 'noise', 'chen', 30, 'success'],
  ['LaB6 calibration', 'count', null, [0, 1], '', 10, 'noise', 'chen', 20, 'success'],
  ['Beam centre, x', 'rel_scan', 'sam_x', [-0.5, 0.5], 'mm', 61, 'edge', 'mara', 300, 'success'],
  ['Beam centre, y', 'rel_scan', 'sam_y', [-0.5, 0.5], 'mm', 61, 'peak', 'mara', 240, 'success'],
  [
    'FeO-12, Fe K edge',
    'xafs_scan',
    'energy',
    [7.062, 7.312],
    'keV',
    251,
    'spectrum',
    'jonas',
    1260,
    'success',
  ],
  ['FeO-12 heating', 'temp_ramp', 'ls336', [300, 520], 'K', 288, 'ramp', 'jonas', 1440, 'success'],
  ['Mirror pitch', 'scan', 'm1_pitch', [1, 3], 'mrad', 81, 'peak', 'mara', 420, 'success'],
]

/** Seed of run `id`; 2040 is the newest finished one. */
export function pastSeed(id: number, endS: number): RunSeed {
  const index = (2040 - id) % past.length
  const row = past[(index + past.length) % past.length]
  if (row === undefined) throw new Error('no past run')
  const [title, plan, motor, range, unit, points, shape, user, seconds, exit] = row
  return {
    id,
    title,
    plan,
    motor,
    range,
    unit,
    points,
    shape,
    user,
    seconds,
    exit,
    startS: endS - (2041 - id) * 1500 - seconds,
    shift: (id % 7) * 0.02,
    ...(exit === 'fail' ? { rows: 212 } : {}),
  }
}

export function makeWorld(scenario: Scenario): World {
  const listeners = new Set<Partial<WorldEvents>>()
  const tell = <K extends keyof WorldEvents>(name: K, ...args: Parameters<WorldEvents[K]>): void => {
    for (const listener of listeners)
      (listener[name] as ((...all: Parameters<WorldEvents[K]>) => void) | undefined)?.(...args)
  }
  const now = nowS()
  const count = scenario === 'huge' ? 1000 : scenario === 'empty' || scenario === 'fresh' ? 0 : 12
  const { items, estimates } = fakeQueue(count)
  const world: World = {
    scenario,
    listeners,
    events: {
      status: () => tell('status'),
      queue: (event) => tell('queue', event),
      queueSnap: () => tell('queueSnap'),
      history: (item) => tell('history', item),
      console: (chunks) => tell('console', chunks),
      runStarted: () => tell('runStarted'),
      runRows: (run) => tell('runRows', run),
      runChanged: (run) => tell('runChanged', run),
      services: () => tell('services'),
    },
    isLoggedIn: scenario !== 'login',
    items,
    estimates,
    running: null,
    historyTotal: scenario === 'fresh' ? 0 : 100_412,
    past: [],
    console: scenario === 'fresh' ? [] : startConsole(now),
    runs: [],
    runsTotal: scenario === 'fresh' ? 0 : scenario === 'huge' ? 100_000 : 318,
    manager: 'idle',
    isOpen: scenario !== 'closed' && scenario !== 'fresh',
    isStopPending: false,
    isPausePending: false,
    isAutostart: scenario === 'running',
    mode: { loop: false, ignore_failures: false },
    pointSeconds: scenario === 'map' ? 2.57 : 5.7,
    grids: [...firstGrids, plotsGrid],
  }
  if (['running', 'late', 'paused', 'huge', 'login'].includes(scenario)) startScan(world, 64)
  if (scenario === 'map') startGrid(world, 806)
  if (scenario === 'paused') world.manager = 'paused'
  if (scenario === 'failed') failFront(world)
  return world
}

function startScan(world: World, rows: number): void {
  world.running = runningScan()
  world.manager = 'executing_queue'
  const seconds = 101 * world.pointSeconds
  world.runs.push(
    fakeRun({
      id: 2041,
      title: 'Si-111 rocking curve',
      plan: 'scan',
      motor: 'th',
      range: [-0.05, 0.05],
      unit: 'deg',
      points: 101,
      shape: 'peak',
      user: 'mara',
      startS: nowS() - rows * world.pointSeconds,
      seconds,
      exit: null,
      rows,
    }),
  )
}

function startGrid(world: World, rows: number): void {
  world.running = runningGrid()
  world.manager = 'executing_queue'
  world.runs.push(
    fakeRun({
      id: 2043,
      title: 'FeO-12 map',
      plan: 'grid_scan',
      motor: null,
      range: [0, 1],
      unit: '',
      points: 1271,
      shape: 'map',
      user: 'mara',
      startS: nowS() - rows * world.pointSeconds,
      seconds: 1271 * world.pointSeconds,
      exit: null,
      rows,
    }),
  )
}

function failFront(world: World): void {
  const [, second, ...rest] = world.items
  const now = nowS()
  if (second === undefined) return
  const failed: QueueItem = {
    ...second,
    item_uid: newUid(),
    result: {
      exit_status: 'failed',
      run_uids: ['run-2030'],
      scan_ids: [2042],
      time_start: now - 900,
      time_stop: now - 120,
      msg: 'Plan failed: TimeoutError: mono_energy did not reach 7.1735 keV within 30 s',
      traceback: Array.from({ length: 14 }, (_, i) => `  File "plans/xafs.py", line ${40 + i}, in step`).join(
        '\n',
      ),
    },
  }
  const old = world.estimates[second.item_uid]
  if (old !== undefined) world.estimates[failed.item_uid] = old
  world.items = [failed, ...rest]
  world.console = [
    ...world.console,
    {
      time: now - 150,
      msg: 'xafs_scan 2042 · point 118 · move mono_energy 7.1735 keV\n',
      level: 'info',
      item: null,
    },
    {
      time: now - 124,
      msg: 'mono_bragg: following error 0.012 deg, retry 3 of 3\n',
      level: 'warn',
      item: null,
    },
    {
      time: now - 121,
      msg: 'TimeoutError: mono_energy 7.1721, wanted 7.1735 (30 s)\n',
      level: 'error',
      item: null,
    },
    { time: now - 121, msg: 'shutter_b closed · run 2042 ended, exit fail\n', level: 'info', item: null },
  ]
}

function startConsole(now: number): ConsoleChunk[] {
  const chunks: ConsoleChunk[] = []
  for (let i = 0; i < 400; i += 1) {
    const point = (i % 64) + 1
    const isWarning = i % 97 === 95
    chunks.push({
      time: now - 300 - (400 - i) * 5.7,
      msg: isWarning
        ? 'i0: beam current dropped by 0.4 % since point 1, now 99.6 mA\n'
        : `scan 2041 · point ${point} · th ${(-0.05 + point * 0.001).toFixed(4)} deg · diode ${5000 + ((i * 7919) % 9000)} · i0 ${480_000 + ((i * 37) % 900)}\n`,
      level: isWarning ? 'warn' : 'info',
      item: null,
    })
  }
  return chunks
}

export function historyItem(world: World, index: number): HistoryItem {
  return world.past[index] ?? fakeHistoryItem(index - world.past.length, nowS())
}
