import type { Bootstrap, LiveStatus, RunProgress, ServicesAnswer } from '@beamtime/http-gateway/ui-types'
import type { FakeRun } from './run-data.ts'
import type { World } from './world.ts'

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
  const isActive = world.manager === 'executing_queue' || world.manager === 'paused'
  const run = world.running === null ? undefined : world.runs.at(-1)
  const progress = isActive && run !== undefined ? progressOf(world, run) : undefined
  const seconds = world.items.reduce((sum, item) => sum + (world.estimates[item.item_uid]?.seconds ?? 0), 0)
  return {
    ...managerStatus(world, isActive),
    ...(progress === undefined ? {} : { progress }),
    queueEta: {
      until: (progress?.eta ?? Date.now()) + seconds * 1000,
      seconds,
      unknown: 0,
      approximate: true,
    },
    run_uid: run?.summary.uid ?? null,
  }
}

function managerStatus(world: World, isActive: boolean): LiveStatus {
  const engine = world.manager === 'paused' ? 'paused' : isActive ? 'running' : 'idle'
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
    re_state: world.isOpen ? engine : null,
    pause_pending: world.isPausePending,
    plans_allowed_uid: 'plans-1',
    devices_allowed_uid: 'devices-1',
    plan_queue_mode: world.mode,
    lock: { environment: false, queue: false },
  }
}

function progressOf(world: World, run: FakeRun): RunProgress {
  const total = run.summary.num_points ?? 0
  const [name] = run.summary.motors
  const at = (row: number): number => (name === undefined ? 0 : (run.columns.get(name)?.[row] ?? 0))
  return {
    item: world.running?.item_uid ?? '',
    plan: run.summary.plan_name,
    n: run.rows,
    total,
    fraction: run.rows / total,
    started: run.summary.time * 1000,
    eta: Date.now() + Math.max(0, total - run.rows) * world.pointSeconds * 1000,
    approximate: false,
    pointSeconds: world.pointSeconds,
    phase: world.manager === 'paused' ? 'paused' : 'running',
    devices:
      name === undefined
        ? []
        : [
            {
              name,
              current: at(run.rows - 1),
              target: at(run.rows),
              unit: run.units[name] ?? '',
              precision: 4,
              done: false,
            },
          ],
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
    auth: {
      mode: 'multi-user',
      anonymous: true,
      providers: [{ name: 'Facility account', mode: 'password', login_url: '', confirmation_message: null }],
    },
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
