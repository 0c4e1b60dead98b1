import type {
  Bootstrap,
  ConsoleChunk,
  HistoryItem,
  ItemEstimate,
  LiveStatus,
  QueueEvent,
  QueueItem,
  RunSummary,
  ServicesAnswer,
} from '@beamtime/http-gateway/ui-types'
import { fakeHistoryItem, fakeQueue, newUid, runningGrid, runningScan } from './items.ts'
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

export function servicesOf(world: World): ServicesAnswer {
  const isLate = world.scenario === 'late'
  const base = (
    role: string,
    summary: string,
    sample: { cpu: number; mem: number },
  ): ServicesAnswer['services'][number] => ({
    role,
    state: isLate && role === 'store' ? 'late' : 'up',
    since: Date.now() - 1_051_200_000,
    version: '0.1.0',
    pid: 4000 + role.length,
    uptimeS: 1_051_200,
    checks: {
      ready: { ok: true, detail: null },
      disk: { ok: true, detail: '61 % full, 9 d left' },
      ...(role === 'store' ? { lag: { ok: !isLate, detail: isLate ? '4.1 s, limit 2 s' : '12 ms' } } : {}),
    },
    summary,
    sample: {
      cpu: sample.cpu * (0.9 + 0.2 * Math.random()),
      rssBytes: sample.mem * 1_048_576 * (0.99 + 0.02 * Math.random()),
      heapBytes: sample.mem * 524_288,
      loopLagMs: 1 + Math.random(),
    },
  })
  return {
    services: [
      base('bus', '3 topics', { cpu: 0.064, mem: 140 }),
      base('store', '100 412 runs', { cpu: isLate ? 0.382 : 0.02, mem: 96 }),
      base('queue@main', 'executing', { cpu: 0.031, mem: 88 }),
      base('http', '2 browsers', { cpu: 0.018, mem: 148 }),
    ],
    sentence: isLate
      ? 'The store is 4.1 s late (limit 2 s). Runs continue and no data are lost. New points appear late on Live run and Runs.'
      : 'All services work.',
    canRestart: false,
  }
}

export function statusOf(world: World): LiveStatus {
  const run = world.running === null ? undefined : world.runs.at(-1)
  const isActive = world.manager === 'executing_queue' || world.manager === 'paused'
  const total = run?.summary.num_points ?? 0
  const eta = Date.now() + Math.max(0, total - (run?.rows ?? 0)) * world.pointSeconds * 1000
  const seconds = world.items.reduce((sum, item) => sum + (world.estimates[item.item_uid]?.seconds ?? 0), 0)
  return {
    manager: { reachable: true, since: Date.now() - 100_000, lastSeen: Date.now() },
    msg: 'RE Manager v0.1.0',
    items_in_queue: world.items.length,
    items_in_history: world.historyTotal,
    running_item_uid: world.running?.item_uid ?? null,
    manager_state: world.manager,
    queue_stop_pending: world.isStopPending,
    queue_autostart_enabled: world.isAutostart,
    worker_environment_exists: world.isOpen,
    worker_environment_state: world.isOpen ? (isActive ? 'executing_plan' : 'idle') : 'closed',
    re_state: !world.isOpen ? null : world.manager === 'paused' ? 'paused' : isActive ? 'running' : 'idle',
    pause_pending: world.isPausePending,
    plans_allowed_uid: 'plans-1',
    devices_allowed_uid: 'devices-1',
    plan_queue_mode: world.mode,
    lock: { environment: false, queue: false },
    ...(isActive && run !== undefined && world.running !== null
      ? {
          progress: {
            item: world.running.item_uid,
            plan: world.running.name,
            n: run.rows,
            total,
            fraction: run.rows / total,
            started: run.summary.time * 1000,
            eta,
            approximate: false,
            pointSeconds: world.pointSeconds,
            phase: world.manager === 'paused' ? 'paused' : 'running',
            devices: run.summary.motors.slice(0, 1).map((name) => ({
              name,
              current: run.columns.get(name)?.[run.rows - 1] ?? 0,
              target: run.columns.get(name)?.[run.rows] ?? 0,
              unit: run.units[name] ?? '',
              precision: 4,
              done: false,
            })),
          },
        }
      : {}),
    queueEta: {
      until: (isActive ? eta : Date.now()) + seconds * 1000,
      seconds,
      unknown: 0,
      approximate: true,
    },
    run_uid: run?.summary.uid ?? null,
  }
}

const allScopes = [
  'read:status',
  'read:queue',
  'read:history',
  'read:resources',
  'read:config',
  'read:monitor',
  'read:console',
  'read:lock',
  'write:queue:edit',
  'write:queue:control',
  'write:manager:control',
  'write:plan:control',
  'write:execute',
  'write:history:edit',
  'write:config',
  'write:lock',
  'user:apikeys',
]

export function bootstrapOf(world: World): Bootstrap {
  const isIn = world.isLoggedIn
  return {
    build: 'gallery',
    boot: 'boot-1',
    version: '0.1.0',
    serverTime: Date.now(),
    zone: 'Europe/Berlin',
    profile: null,
    facility: {
      name: 'Hard X-ray diffraction and absorption',
      instrument: 'Beamline 7',
      instrument_id: 'bl7',
    },
    auth: { mode: 'single-user', anonymous: false, providers: [] },
    user: isIn ? { name: 'mara', label: 'mara', group: 'primary', kind: 'user' } : null,
    scopes: isIn ? allScopes : [],
    roles: isIn ? ['expert'] : [],
    csrf: 'fake',
    status: isIn ? statusOf(world) : null,
    runningItem: world.running,
    queueHead: [],
    estimates: {},
    runsActive: [],
    detectors: [],
    instruments: [],
    services: isIn ? servicesOf(world).services : [],
    limits: { bodyBytes: 1_048_576, consoleBacklog: 2000, tableRows: 200_000 },
    features: { runs: true, live: true },
  }
}
