import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitFor } from '@beamtime/service-kit/testing'
import { connectWorker, type PlanReport, type WorkerConnection, type WorkerEvent } from '../../src/client.ts'

export interface HostProcess {
  readonly child: ChildProcess
  readonly events: WorkerEvent[]
  /** Everything on standard output so far. */
  output(): string
  manager: WorkerConnection
  /** Closes the manager's connection and opens a new one; events go on in the same list. */
  reconnect(): Promise<void>
  named<E extends WorkerEvent['event']>(name: E): Extract<WorkerEvent, { event: E }>[]
  ready(): Promise<void>
  run(name: string, args?: unknown[], extra?: Record<string, unknown>): Promise<string>
  report(itemUid: string): Promise<PlanReport>
  exit(): Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

const main = fileURLToPath(new URL('worker-main.ts', import.meta.url))
export const startupFolder = fileURLToPath(new URL('startup', import.meta.url))

/** A worker host as a process of its own, with this test as its manager. */
export async function startHost(folder: string, extra: Record<string, unknown> = {}): Promise<HostProcess> {
  const socket = join(folder, 'w.sock')
  mkdirSync(join(folder, 'run'), { recursive: true })
  const specFile = join(folder, 'spec.json')
  const spec = {
    queue: 'main',
    socket,
    dataDir: folder,
    runtimeDir: join(folder, 'run'),
    supervisorPid: process.pid,
    startup: { kind: 'dir', path: startupFolder },
    topic: 'documents',
    publishDocuments: false,
    bus: { bootstrapServers: ['127.0.0.1:1'] },
    spoolDir: join(folder, 'spool'),
    metadata: { facility: 'Test' },
    log: { level: 'warn', format: 'text' },
    ...extra,
  }
  writeFileSync(specFile, JSON.stringify(spec))
  const child = spawn(process.execPath, [...process.execArgv, main, '--spec', specFile], {
    // Simulated devices of ophyd make a folder for temporary files and leave it behind.
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', process.env['TEST_SHOW'] === undefined ? 'ignore' : 'inherit'],
  })
  let output = ''
  child.stdout?.on('data', (bytes: Buffer) => {
    output += bytes.toString()
  })
  const events: WorkerEvent[] = []
  const reports = new Map<string, PlanReport>()
  let reported: (() => void) | null = null
  function onEvent(event: WorkerEvent): void {
    events.push(event)
    if (event.event !== 'plan_report' || event.report.plan_state === 'paused') return
    reports.set(event.report.item_uid, event.report)
    reported?.()
  }
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code))
  })
  const connect = (): Promise<WorkerConnection> =>
    waitFor(() => connectWorker(socket, { onEvent, onClose: () => undefined }).catch(() => null), {
      timeoutMs: 10_000,
      intervalMs: 20,
      what: 'the worker socket',
    })
  const named: HostProcess['named'] = (name) =>
    events.filter((event): event is Extract<WorkerEvent, { event: typeof name }> => event.event === name)

  const host: HostProcess = {
    child,
    events,
    output: () => output,
    manager: await connect(),
    async reconnect() {
      host.manager.close()
      host.manager = await connect()
    },
    named,
    async ready() {
      await waitFor(
        async () => (await host.manager.request('request_state', {})).environment_state === 'idle',
        {
          timeoutMs: 10_000,
        },
      )
    },
    async run(name, args = [], more = {}) {
      const item_uid = randomUUID()
      await host.manager.request('command_run_plan', { plan: { name, args, item_uid, ...more } })
      return item_uid
    },
    async report(itemUid) {
      for (;;) {
        const report = reports.get(itemUid)
        if (report !== undefined) {
          await host.manager.request('ack_report', { item_uid: itemUid })
          return report
        }
        await new Promise<void>((resolve) => {
          reported = resolve
        })
      }
    },
    exit: () => exited,
    kill(signal) {
      if (child.exitCode === null) child.kill(signal)
    },
  }
  return host
}
