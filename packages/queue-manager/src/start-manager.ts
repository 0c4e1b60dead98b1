import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildInfo, type RunningService, type ServiceContext } from '@beamtime/service-kit'
import { platformClientKeys } from './curve-key.ts'
import { openControlSocket, type ControlSocket } from './control-socket.ts'
import type { ManagerEvent, ProfileFiles } from './core/manager-events.ts'
import { createManagerCore, type ManagerCore } from './core/manager-core.ts'
import { parsePermissions } from './core/permissions/permissions-schema.ts'
import type { StoredState } from './core/store-change.ts'
import { QueueManagerError } from './error.ts'
import { openInfoSocket, type InfoSocket } from './info-socket.ts'
import { itemJson } from './item-json.ts'
import { makeLists } from './lists-maker.ts'
import { isoLocalTime, lockLocalTime } from './local-time.ts'
import { checkFeatures, coreSettings, type ManagerConfig } from './manager-config.ts'
import { managerMetrics, type ManagerMetrics } from './manager-metrics.ts'
import { createManagerShell, monotonicMs } from './manager-shell.ts'
import { profileFiles } from './profile-files.ts'
import type { QueueStore } from './queue-store.ts'
import { openRedisStore } from './redis-store.ts'
import { startSelfCheck } from './self-check.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { startupSource } from './startup-source.ts'
import { createWorkerLink } from './worker-link.ts'
import { spoolFolder, workerPlace, writeWorkerSpec } from './worker-spec-file.ts'

/**
 * Starts a queue manager: binds its sockets, takes over a living worker of its queue, serves until it is closed.
 * Rejects with QUEUE_ADDRESS_IN_USE, QUEUE_ADDRESS_INVALID, QUEUE_STORE_UNUSABLE, QUEUE_FEATURE_MISSING,
 * QUEUE_KEY_MALFORMED, QUEUE_STARTUP_AMBIGUOUS.
 */
export async function startManager(config: ManagerConfig, context: ServiceContext): Promise<RunningService> {
  checkFeatures(config)
  const { name, queue } = config
  const source = startupSource(queue, name)
  await mkdir(join(context.dataDir, 'state'), { recursive: true })
  const files = profileFiles({
    queue: name,
    dataDir: context.dataDir,
    source,
    listsPath: queue.existing_plans_devices,
    permissionsPath: queue.permissions,
  })
  const store = await openStore(config, context)
  const mailbox = createMailbox()
  const sockets = await openSockets(config, mailbox.deliver).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const place = workerPlace(context, name)
  const stored = await store.load()
  const restarted = config.restarted ?? false
  const worker = createWorkerLink({
    ...place,
    command: [...config.workerCommand, '--socket', place.socketPath, '--spec', place.specPath],
    onEvent: (event) => mailbox.deliver({ kind: 'worker-event', event }),
    onGone: (reason) => workerGone(reason),
    onProcess: (pid) => config.onWorker?.(pid),
  })
  /** null until there is a core: a worker that was found may end before. */
  let begun: { readonly core: ManagerCore; readonly metrics: ManagerMetrics } | null = null

  function workerGone(reason: string): void {
    const state = begun?.core.status.manager_state
    const expected = state === 'closing_environment'
    begun?.metrics.workerEnded(
      expected ? 'closed' : state === 'destroying_environment' ? 'killed' : 'crashed',
    )
    // What it had not handed over lies in its spool: deliver it now, and close its open run.
    if (!expected) drainSpool(config, place.specPath)
    mailbox.deliver({ kind: 'worker-gone', reason })
  }

  const reattached = await worker.attach(config.workerPid ?? null)
  const core = createManagerCore({
    settings: coreSettings(config, buildInfo().version),
    ports: {
      newUid: randomUUID,
      nowS: () => Date.now() / 1000,
      monotonicMs,
      isoTime: isoLocalTime,
      lockTime: lockLocalTime,
      itemReady: (item) => void itemJson(item),
      hash: lockHash,
    },
    stored,
    files: chooseFiles({
      config,
      stored,
      read: await files.read({ lists: true }),
      goesOn: reattached || restarted,
    }),
    reattached,
    restarted,
  })
  const metrics = managerMetrics(context.metrics, name, () => core.status)
  let listsAbort: AbortController | null = null

  begun = { core, metrics }

  const shell = createManagerShell({
    core,
    ...sockets,
    store,
    worker,
    log: context.log,
    printConsole: queue.print_console_output,
    console: config.console,
    prepareWorker: async (permissions) => {
      listsAbort?.abort()
      await writeWorkerSpec({ config, context, place, source, permissions })
    },
    readFiles: (what) => files.read(what),
    writeLists: (lists) => files.writeLists(lists),
    replied: (method, ok) => metrics.request(method, ok),
    stop: (how) => stopManager(how),
    crash: config.onCrash ?? (() => process.kill(process.pid, 'SIGKILL')),
    failed: (error) => fail(error),
  })

  function stopManager(how: 'close' | 'kill'): void {
    if (how === 'kill') worker.kill()
    if (config.onStop !== undefined) return config.onStop()
    // The answer leaves first: what the 0MQ library still holds when the process exits is lost.
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), answerMs)
  }

  function fail(error: unknown): void {
    context.log.error('queue.failed', { err: error })
    context.health.set('queue', { ok: false, detail: 'the manager cannot go on; see its log' })
    // Out of every promise chain, so that the process ends and is started again.
    setImmediate(() => {
      throw error instanceof Error ? error : new Error(String(error))
    })
  }

  shell.event({ kind: 'started', reattached })
  mailbox.open((event) => shell.event(event))
  context.health.set('queue', { ok: true })
  const backlog = (): Record<string, unknown> => ({
    ...sockets.control.backlog(),
    ...shell.backlog(),
    state: core.status.manager_state,
  })
  const selfCheck = startSelfCheck({
    client: sockets.control.connectInside(),
    onAnswer: () => config.onAlive?.(),
    onSilent: () => context.log.error('queue.silent', backlog()),
    onLost: () => fail(new Error(`the manager does not answer itself: ${JSON.stringify(backlog())}`)),
  })
  if (!reattached && !queue.open_environment_on_start) {
    if (wantsLists(config) && !existsSync(files.listsPath)) {
      listsAbort = new AbortController()
      const making = makeLists({ config, context, source, signal: listsAbort.signal })
      making.then((lists) => {
        if ('plans' in lists) shell.event({ kind: 'lists-made', ...lists })
      }, fail)
    }
    if (holdsDocuments(spoolFolder(config, context))) drainSpool(config, place.specPath)
  }

  return {
    endpoints: endpointsOf(sockets),
    status: () => statusLine(core),
    close: once(async () => {
      listsAbort?.abort()
      selfCheck.close()
      shell.event({ kind: 'shutting-down' })
      await worker.terminate(Math.round(config.ops.shutdown_s * 900))
      await shell.close()
      worker.detach()
      await sockets.control.close()
      await sockets.info?.close()
      await store.close()
    }),
  }
}

/** The answer to `manager_stop` is on its way for so long, on a loaded machine. */
const answerMs = 200

/** Listed clients, and those that can read this configuration anyway; none listed = any. */
function admittedKeys({
  zmq_private_key: key,
  curve_client_keys: listed,
}: ManagerConfig['queue']): readonly string[] {
  const own = platformClientKeys(key)
  return listed.length === 0 || own === null ? listed : [...listed, own.publicKey]
}

function lockHash(text: string): string {
  return createHash('sha256').update(`beamtime lock ${text}`).digest('hex')
}

async function openStore(
  { name, queue, keyvalue }: ManagerConfig,
  context: ServiceContext,
): Promise<QueueStore> {
  if (keyvalue.mode === 'redis') {
    return await openRedisStore({ address: keyvalue.address, prefix: queue.redis_prefix, hash: lockHash })
  }
  return openSqliteStore(join(context.dataDir, 'state', `queue-${name}.sqlite`))
}

interface Mailbox {
  readonly deliver: (event: ManagerEvent) => void
  /** Hands over what came so far, then everything at once. */
  open(receive: (event: ManagerEvent) => void): void
}

/** The sockets are bound before the core exists, so that a second manager of the queue ends before it touches anything. */
function createMailbox(): Mailbox {
  const waiting: ManagerEvent[] = []
  let receive: ((event: ManagerEvent) => void) | null = null
  return {
    deliver(event) {
      if (receive === null) waiting.push(event)
      else receive(event)
    },
    open(next) {
      receive = next
      for (const event of waiting.splice(0)) next(event)
    },
  }
}

interface Sockets {
  readonly control: ControlSocket
  readonly info: InfoSocket | null
}

async function openSockets({ name, queue }: ManagerConfig, deliver: Mailbox['deliver']): Promise<Sockets> {
  const { encoding } = queue
  const control = await openControlSocket({
    address: queue.control,
    encoding,
    key: `queue.${name}.control`,
    curve:
      queue.zmq_private_key === ''
        ? null
        : { secretKey: queue.zmq_private_key, clientKeys: admittedKeys(queue) },
    onRequest: (id, body) => deliver({ kind: 'request', id, body }),
  })
  if (!queue.publish_console) return { control, info: null }
  try {
    return {
      control,
      info: await openInfoSocket({ address: queue.info, encoding, key: `queue.${name}.info` }),
    }
  } catch (error) {
    await control.close()
    throw error
  }
}

/** Which permissions count: the file's, or the stored copy after a restart and where the file is read on request only. */
function chooseFiles(found: {
  readonly config: ManagerConfig
  readonly stored: StoredState
  readonly read: ProfileFiles
  /** After a crash of the manager the stored copy counts. */
  readonly goesOn: boolean
}): ProfileFiles {
  const fromFile = found.config.queue.permissions_reload === 'ON_STARTUP' && !found.goesOn
  const copy = found.stored.values.user_group_permissions
  if (fromFile || copy === undefined) return found.read
  try {
    return { ...found.read, permissions: { value: parsePermissions(copy) } }
  } catch (error) {
    if (error instanceof QueueManagerError) return found.read
    throw error
  }
}

/** Loading startup code unasked is harmless where it is ours to load and nobody forbade lists. */
function wantsLists({ queue }: ManagerConfig): boolean {
  return queue.update_plans_devices !== 'NEVER' && queue.worker === 'native'
}

function holdsDocuments(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0
  } catch {
    return false // there was never a spool
  }
}

/** Delivers what a dead worker left in its spool, in a process of its own. */
function drainSpool({ workerCommand, queue }: ManagerConfig, specPath: string): void {
  const [program = '', ...args] = workerCommand
  if (!queue.publish_documents || !existsSync(specPath)) return
  const child = spawn(program, [...args, '--spec', specPath, '--drain'], { detached: true, stdio: 'ignore' })
  child.once('error', () => undefined) // the next worker delivers it
  child.unref()
}

function endpointsOf({ control, info }: Sockets): { name: string; url: string }[] {
  const endpoints = [{ name: 'control', url: control.endpoint }]
  return info === null ? endpoints : [...endpoints, { name: 'info', url: info.endpoint }]
}

function statusLine(core: ManagerCore): string {
  const { manager_state: state, items_in_queue: items, worker_environment_exists: open } = core.status
  return `${state}, ${items} queued, environment ${open ? 'open' : 'closed'}`
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => (closing ??= close())
}
