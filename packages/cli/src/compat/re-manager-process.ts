import { join } from 'node:path'
import { keyvalueConfig, queueConfig, startManager, type ManagerConfig } from '@beamtime/queue-manager'
import {
  createLogger,
  createServiceContext,
  describeFailure,
  facilityConfig,
  opsConfig,
  parseSection,
  type RunningService,
} from '@beamtime/service-kit'
import { appendFileSync, mkdirSync } from 'node:fs'
import { beamtimeCommand } from '../supervisor/platform-services.ts'
import type { ManagerMessage, StartMessage } from './re-manager-messages.ts'
import { expandHome } from './home-path.ts'
import { openTerminal, type Terminal } from './terminal-output.ts'

/** The manager process of `start-re-manager`, a child of the program that watches it. */
export async function runReManagerProcess(): Promise<void> {
  if (process.send === undefined) {
    process.stderr.write("This command is started by 'start-re-manager' only.\n")
    process.exit(2)
  }
  process.title = 're-manager'
  const start = await new Promise<StartMessage>((resolve) => {
    process.once('message', (message) => resolve(message as StartMessage))
  })
  const terminal = start.settings.print_console_output ? openTerminal(1) : null
  // The parent is gone, or went while this process was loaded: nothing may stay behind and hold the address.
  process.once('disconnect', () => process.exit(1))
  if (!process.connected) process.exit(1)
  await serve(start, terminal)
}

async function serve(start: StartMessage, terminal: Terminal | null): Promise<void> {
  const stop = new AbortController()
  let service: RunningService | null = null
  const end = async (exitCode: number): Promise<void> => {
    stop.abort()
    await service?.close().catch(() => undefined)
    await terminal?.flush()
    leave(exitCode)
  }
  try {
    const context = createServiceContext({
      role: 'queue@main',
      dataDir: start.dataDir,
      log: createLogger({
        role: 'queue@main',
        config: { level: 'warn', format: 'compat' },
        write: logFile(start.dataDir),
      }),
      signal: stop.signal,
    })
    service = await startManager(
      managerConfig(start, {
        terminal,
        onStop: () => {
          say({ kind: 'stopping' })
          void end(0)
        },
      }),
      context,
    )
    say({ kind: 'ready' })
  } catch (error) {
    const { message, remedy } = describeFailure(error)
    say({ kind: 'failed', message, remedy })
    await end(1)
  }
}

const leaveMs = 4_000

/**
 * Ends by having nothing left to do: only then does the 0MQ library deliver the answers that it still holds, and
 * `process.exit` drops them. That of `manager_stop` is the last, and whoever asked would wait for it for ever.
 */
function leave(exitCode: number): void {
  process.exitCode = exitCode
  process.removeAllListeners('disconnect')
  if (process.connected) process.disconnect()
  setTimeout(() => process.exit(), leaveMs).unref()
}

function say(message: ManagerMessage): void {
  if (process.connected) process.send?.(message)
}

/** What is no console text goes to a file: clients expect nothing else on the terminal. */
function logFile(dataDir: string): (line: string) => void {
  const folder = join(dataDir, 'logs')
  mkdirSync(folder, { recursive: true })
  return (line) => appendFileSync(join(folder, 're-manager.log'), line)
}

interface Hooks {
  readonly terminal: Terminal | null
  readonly onStop: () => void
}

function managerConfig(start: StartMessage, { terminal, onStop }: Hooks): ManagerConfig {
  const { settings, own } = start
  const level = settings.console_logging_level
  const where = { key: 'start-re-manager' }
  return {
    name: 'main',
    queue: parseSection(queueConfig, queueSection(start), where),
    keyvalue: parseSection(
      keyvalueConfig,
      { mode: own.usesRedis ? 'redis' : 'embedded', address: settings.redis_addr },
      where,
    ),
    bus: { bootstrapServers: [own.kafkaServer ?? '127.0.0.1:9092'] },
    facility: parseSection(facilityConfig, {}, where),
    ops: parseSection(opsConfig, { shutdown_s: 8 }, where),
    workerCommand: [...beamtimeCommand(), 'worker-host'],
    supervisorPid: process.ppid,
    restarted: start.restarted,
    workerPid: start.workerPid,
    console: {
      level: level <= 10 ? 'debug' : level <= 20 ? 'info' : level <= 30 ? 'warn' : 'silent',
      write: terminal === null ? null : (text) => terminal.write(text),
    },
    onAlive: () => say({ kind: 'heartbeat' }),
    onWorker: (pid) => say({ kind: 'worker', pid }),
    onStop,
  }
}

function queueSection({
  settings,
  own,
  python,
  versionText,
  demoFolder,
}: StartMessage): Record<string, unknown> {
  const source =
    settings.startup_module !== null
      ? {
          startup_module: settings.startup_module,
          startup_profile: settings.startup_profile ?? '',
          ipython_dir: settings.ipython_dir === null ? '' : expandHome(settings.ipython_dir),
        }
      : settings.startup_script !== null
        ? { startup_script: settings.startup_script }
        : { startup_dir: settings.startup_dir ?? '' }
  return {
    ...source,
    control: settings.zmq_control_addr,
    info: settings.zmq_info_addr,
    encoding: settings.zmq_encoding,
    zmq_private_key: settings.zmq_private_key ?? '',
    redis_prefix: settings.redis_name_prefix,
    topic: own.kafkaTopic ?? '',
    publish_documents: own.kafkaTopic !== null,
    zmq_proxy: own.zmqProxy ?? '',
    run_metadata: own.kafkaTopic !== null,
    worker: own.worker,
    python,
    existing_plans_devices: settings.existing_plans_and_devices_path ?? '',
    permissions: settings.user_group_permissions_path ?? '',
    permissions_reload: settings.user_group_permissions_reload,
    // Files of an installed package are not ours to write.
    update_plans_devices: demoFolder === null ? settings.update_existing_plans_devices : 'NEVER',
    device_max_depth: settings.device_max_depth,
    ignore_invalid_plans: settings.ignore_invalid_plans,
    permitted_re_metadata_keys: settings.permitted_re_metadata_keys,
    publish_console: settings.zmq_publish_console,
    print_console_output: settings.print_console_output,
    emergency_lock_key: settings.emergency_lock_key ?? '',
    version_text: versionText,
  }
}
