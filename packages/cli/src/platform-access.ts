import { runtimeDirOf } from '@beamtime/service-kit'
import { loadConfig, type Config } from './config/load-config.ts'
import type { PlaceOptions } from './commands/run-action.ts'
import { CliError } from './error.ts'
import { askSupervisor } from './supervisor/control-socket.ts'
import type { SupervisorRecord } from './supervisor/supervisor-record.ts'

/** A platform as a command finds it. */
export interface Platform {
  readonly config: Config
  readonly runtimeDir: string
  /** Null when no supervisor answers (stopped, or run by systemd). */
  readonly record: SupervisorRecord | null
}

export async function findPlatform(options: PlaceOptions): Promise<Platform> {
  const config = loadConfig(options)
  const runtimeDir = runtimeDirOf(config.dataDir)
  const answer = await askSupervisor(runtimeDir, { op: 'status' })
  return { config, runtimeDir, record: (answer?.record as SupervisorRecord | undefined) ?? null }
}

export function notRunning(dataDir: string): CliError {
  return new CliError({
    code: 'CLI_NOT_RUNNING',
    message: `no platform runs on ${dataDir}`,
    fault: 'environment',
    remedy: 'start it with `beamtime up`, or name its data directory with --data DIR',
  })
}
