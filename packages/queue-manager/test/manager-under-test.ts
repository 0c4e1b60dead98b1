/** A manager on free ports with the fake worker, and a client of it. */
import { fileURLToPath } from 'node:url'
import { facilityConfig, opsConfig, parseSection, type RunningService } from '@beamtime/service-kit'
import { freePort, tempDir, testContext, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { stringify } from 'yaml'
import { writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Subscriber } from 'zeromq'
import {
  keyvalueConfig,
  queueConfig,
  startManager,
  type ManagerConfig,
  type StatusObject,
  type UserGroupPermissions,
} from '../src/index.ts'
import { existingDevices, existingPlans } from './existing-lists.ts'
import { openPeer, type Peer } from './peer.ts'

export type Reply = Readonly<Record<string, unknown>> & { readonly success: boolean; readonly msg: string }

export interface ManagerUnderTest {
  readonly config: ManagerConfig
  readonly peer: Peer
  readonly dir: TempDir
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<Reply>
  status(): Promise<StatusObject>
  /** Waits until the predicate holds of the status. */
  until(what: string, predicate: (status: StatusObject) => boolean): Promise<StatusObject>
  /** Opens the environment and waits for it. */
  open(): Promise<void>
  readonly stops: string[]
  close(): Promise<void>
}

export interface ManagerOptions {
  readonly queue?: Readonly<Record<string, unknown>>
  readonly dir?: TempDir
  readonly permissions?: UserGroupPermissions
  readonly lists?: boolean
  readonly workerCommand?: readonly string[]
}

const fakeWorker = [process.execPath, fileURLToPath(new URL('./fake-worker-program.ts', import.meta.url))]

/** A profile folder: lists as an earlier environment left them, and permissions. */
function writeProfile(folder: string, { permissions, lists = true }: ManagerOptions): void {
  mkdirSync(folder, { recursive: true })
  if (permissions !== undefined) {
    writeFileSync(join(folder, 'user_group_permissions.yaml'), stringify(permissions))
  }
  if (!lists) return
  const text = stringify({ existing_plans: existingPlans, existing_devices: existingDevices })
  writeFileSync(join(folder, 'existing_plans_and_devices.yaml'), text)
}

export const testPermissions: UserGroupPermissions = {
  user_groups: {
    root: {
      allowed_plans: [null],
      forbidden_plans: [':^_'],
      allowed_devices: [null],
      forbidden_devices: [':^_'],
      allowed_functions: [null],
    },
    primary: {
      allowed_plans: [':.*'],
      allowed_devices: [':?.*'],
      allowed_functions: [':^f', 'reach_checkpoint'],
    },
    narrow: { allowed_plans: ['count'], allowed_devices: [':^det'] },
  },
}

export async function managerConfig(options: ManagerOptions, folder: string): Promise<ManagerConfig> {
  const queue = parseSection(
    queueConfig,
    {
      control: `tcp://127.0.0.1:${await freePort()}`,
      info: `tcp://127.0.0.1:${await freePort()}`,
      startup_dir: folder,
      publish_documents: false,
      version_text: '0.0.25',
      ...options.queue,
    },
    { key: 'queue.main' },
  )
  return {
    name: 'main',
    queue,
    keyvalue: parseSection(keyvalueConfig, {}, { key: 'keyvalue' }),
    bus: { bootstrapServers: ['127.0.0.1:1'] },
    facility: parseSection(facilityConfig, {}, { key: 'facility' }),
    ops: parseSection(opsConfig, { shutdown_s: 5 }, { key: 'ops' }),
    workerCommand: options.workerCommand ?? fakeWorker,
    supervisorPid: process.pid,
  }
}

export async function startTestManager(options: ManagerOptions = {}): Promise<ManagerUnderTest> {
  const dir = options.dir ?? tempDir()
  const folder = join(dir.path, 'startup')
  writeProfile(folder, { permissions: testPermissions, ...options })
  const stops: string[] = []
  const config: ManagerConfig = {
    ...(await managerConfig(options, folder)),
    onStop: () => stops.push('stop'),
    onCrash: () => stops.push('crash'),
  }
  const context = testContext({ dataDir: dir.path, role: 'queue@main' })
  const service: RunningService = await startManager(config, context)
  const peer = openPeer(config.queue.control, config.queue.encoding)
  const call = async (method: string, params?: Readonly<Record<string, unknown>>): Promise<Reply> =>
    (await peer.call(params === undefined ? { method } : { method, params })) as Reply
  const status = async (): Promise<StatusObject> =>
    (await peer.call({ method: 'status' })) as unknown as StatusObject
  const until: ManagerUnderTest['until'] = async (what, predicate) => {
    return await waitFor(
      async () => {
        const now = await status()
        return predicate(now) ? now : null
      },
      { timeoutMs: 30_000, intervalMs: 3, what },
    )
  }
  return {
    config,
    peer,
    dir,
    call,
    status,
    until,
    async open() {
      const reply = await call('environment_open')
      if (!reply.success) throw new Error(reply.msg)
      await until(
        'the environment to open',
        (now) => now.worker_environment_exists && now.manager_state === 'idle',
      )
    },
    stops,
    async close() {
      peer.close()
      await service.close()
      if (options.dir === undefined) await dir.close()
    },
  }
}

export const owner = { user: 'tester', user_group: 'primary' }

export function planItem(
  name: string,
  kwargs: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { item_type: 'plan', name, ...(Object.keys(kwargs).length === 0 ? {} : { kwargs }) }
}

/** Everything that comes on the info socket. */
export function listen(address: string): {
  messages: { topic: string; body: Record<string, unknown> }[]
  close(): void
} {
  const subscriber = new Subscriber({ linger: 0 })
  subscriber.connect(address)
  subscriber.subscribe('')
  const messages: { topic: string; body: Record<string, unknown> }[] = []
  void (async () => {
    for await (const [topic, body] of subscriber) {
      messages.push({ topic: String(topic), body: JSON.parse(String(body)) as Record<string, unknown> })
    }
  })().catch(() => undefined)
  return { messages, close: () => subscriber.close() }
}
