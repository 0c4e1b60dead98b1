import { queryHealth } from '@beamtime/service-kit'
import type { HealthPath } from '@beamtime/service-kit'
import { isRecord } from '../http/body.ts'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { ServiceState } from '../ui-types.ts'

const periodMs = 2_000
const answerWithinMs = 1_500
/** An event loop that was away for this long makes a service late. */
const lateAboveMs = 1_000

export interface ServiceSocket {
  readonly role: string
  readonly socket: string
}

/** States of all services of this installation, asked every 2 s through their health sockets. */
export interface ServiceWatch {
  readonly states: readonly ServiceState[]
  readonly onChange: Listeners<readonly ServiceState[]>['listen']
  /** One sentence: all work, or what is wrong and what it affects. */
  sentence(): string
  /** The same path of every service, by role; null where nobody answered. */
  askAll(
    path: HealthPath,
  ): Promise<
    ReadonlyMap<string, { readonly code: number; readonly text: string; readonly json: unknown } | null>
  >
  close(): void
}

export interface OwnService {
  readonly role: string
  state(): Omit<ServiceState, 'role' | 'state' | 'since'>
}

export function watchServices(sockets: readonly ServiceSocket[], own: OwnService): ServiceWatch {
  const changes = listeners<readonly ServiceState[]>()
  const known = new Map<string, ServiceState>()
  const lastCpu = new Map<string, { readonly cpuS: number; readonly atMs: number }>()
  let running = true
  let timer: NodeJS.Timeout | null = null

  const look = async (): Promise<void> => {
    const seen = await Promise.all(
      sockets.filter((one) => one.role !== own.role).map((one) => ask(one, lastCpu)),
    )
    const ownState: ServiceState = { role: own.role, state: 'up', since: 0, ...own.state() }
    for (const state of [...seen, ownState]) {
      const before = known.get(state.role)
      known.set(state.role, { ...state, since: before?.state === state.state ? before.since : Date.now() })
    }
    if (!running) return
    changes.emit([...known.values()])
    timer = setTimeout(() => void look(), periodMs)
  }
  void look()
  return {
    get states() {
      return [...known.values()]
    },
    onChange: (callback) => changes.listen(callback),
    sentence: () => sentenceOf([...known.values()]),
    async askAll(path) {
      const answers = await Promise.all(
        sockets
          .filter((one) => one.role !== own.role)
          .map(async (one) => [one.role, await quietly(one.socket, path)] as const),
      )
      return new Map(answers)
    },
    close() {
      running = false
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** A service that does not answer is a state, not an error. */
async function quietly(
  socket: string,
  path: HealthPath,
): Promise<Awaited<ReturnType<typeof queryHealth>> | null> {
  try {
    return await queryHealth(socket, path, { timeoutMs: answerWithinMs })
  } catch {
    return null // said by `down`
  }
}

async function ask(
  { role, socket }: ServiceSocket,
  lastCpu: Map<string, { readonly cpuS: number; readonly atMs: number }>,
): Promise<ServiceState> {
  const answer = await quietly(socket, '/status')
  const status = isRecord(answer?.json) ? answer.json : null
  if (status === null) return downState(role)
  const checks = checksOf(status['checks'])
  const lag = numberOf(status['eventLoopLagMs'])
  const isWell = status['phase'] === 'ready' && Object.values(checks).every((check) => check.ok)
  return {
    role,
    state: isWell && (lag ?? 0) < lateAboveMs ? 'up' : 'late',
    since: Date.now(),
    version: typeof status['version'] === 'string' ? status['version'] : null,
    pid: numberOf(status['pid']),
    uptimeS: numberOf(status['uptimeS']),
    checks,
    summary: typeof status['text'] === 'string' && status['text'] !== '' ? status['text'] : null,
    sample: {
      cpu: cpuOf(role, numberOf(status['cpuS']), lastCpu),
      rssBytes: numberOf(status['rssBytes']),
      heapBytes: numberOf(status['heapBytes']),
      loopLagMs: lag,
    },
  }
}

function downState(role: string): ServiceState {
  return {
    role,
    state: 'down',
    since: Date.now(),
    version: null,
    pid: null,
    uptimeS: null,
    checks: {},
    summary: null,
    sample: null,
  }
}

/** Part of a core used since the last look. */
function cpuOf(
  role: string,
  cpuS: number | null,
  lastCpu: Map<string, { readonly cpuS: number; readonly atMs: number }>,
): number | null {
  if (cpuS === null) return null
  const before = lastCpu.get(role)
  const atMs = performance.now()
  lastCpu.set(role, { cpuS, atMs })
  if (before === undefined || cpuS < before.cpuS) return null
  return ((cpuS - before.cpuS) * 1_000) / Math.max(1, atMs - before.atMs)
}

function checksOf(value: unknown): ServiceState['checks'] {
  if (!isRecord(value)) return {}
  const entries = Object.entries(value).flatMap(([name, check]) => {
    if (!isRecord(check) || typeof check['ok'] !== 'boolean') return []
    const since = typeof check['since'] === 'string' ? Date.parse(check['since']) : null
    const detail = typeof check['detail'] === 'string' ? check['detail'] : null
    return [[name, { ok: check['ok'], since, detail }] as const]
  })
  return Object.fromEntries(entries)
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

const affects: Readonly<Record<string, string>> = {
  bus: 'documents wait on disk, live plots stand still',
  store: 'new runs do not appear on the Runs page yet',
  queue: 'the queue cannot be changed or started',
}

function sentenceOf(states: readonly ServiceState[]): string {
  const wrong = states.filter((one) => one.state !== 'up')
  if (wrong.length === 0) return 'All services work.'
  return wrong
    .map((one) => {
      const effect = affects[one.role.split('@', 1)[0] ?? '']
      const failing = Object.entries(one.checks).find(([, check]) => !check.ok)
      const what =
        one.state === 'down'
          ? `${one.role} does not answer`
          : `${one.role} reports ${failing?.[1].detail ?? failing?.[0] ?? 'that it is not ready'}`
      return effect === undefined ? `${what}.` : `${what}: ${effect}.`
    })
    .join(' ')
}
