import {
  describeFailure,
  exitCodeOf,
  logConfig,
  metricsConfig,
  opsConfig,
  runService,
  supervisorLink,
  type LogConfig,
  type RunningService,
  type ServiceContext,
} from '@beamtime/service-kit'
import { type Config, loadConfig } from '../config/load-config.ts'
import { failureText } from '../report-error.ts'
import type { PlaceOptions } from '../commands/run-action.ts'

/** A service as the command line knows it: its role, and how its start follows from the configuration. */
export interface ServiceSetup {
  readonly role: string
  /** Reads its sections (throws with every problem) and gives the start. */
  prepare(config: Config): (context: ServiceContext) => Promise<RunningService>
  /** Takes the lines of the log instead of standard error. */
  readonly writeLog?: (line: string) => void
}

/** Runs a service in the foreground. A configuration that does not read ends with code 78 before anything starts. */
export async function runAsService(setup: ServiceSetup, options: PlaceOptions): Promise<number> {
  const prepared = await prepare(setup, options)
  if (prepared === null) return process.exit()
  return await runService({
    role: setup.role,
    dataDir: prepared.config.dataDir,
    logConfig: prepared.logConfig,
    shutdownMs: prepared.shutdownMs,
    start: prepared.start,
    influx: { url: prepared.influxUrl, sockets: workerSockets(setup.role) },
    reload: () => Promise.resolve(loadConfig(options).read(logConfig)),
    ...(setup.writeLog === undefined ? {} : { writeLog: setup.writeLog }),
  })
}

interface Prepared {
  readonly config: Config
  readonly logConfig: LogConfig
  readonly shutdownMs: number
  readonly influxUrl: string
  readonly start: (context: ServiceContext) => Promise<RunningService>
}

async function prepare(setup: ServiceSetup, options: PlaceOptions): Promise<Prepared | null> {
  try {
    const config = loadConfig(options)
    return {
      config,
      logConfig: config.read(logConfig),
      shutdownMs: config.read(opsConfig).shutdown_s * 1_000,
      influxUrl: config.read(metricsConfig).influx_url,
      start: setup.prepare(config),
    }
  } catch (error) {
    const exitCode = exitCodeOf(error)
    process.stderr.write(`${failureText(error, { json: false })}\n`)
    const { message, remedy } = describeFailure(error)
    await supervisorLink().send({ kind: 'failed', exitCode, message, remedy })
    process.exitCode = exitCode
    return null
  }
}

/** The worker of a queue counts on a socket of its own and is restarted by its manager, which pushes for it. */
function workerSockets(role: string): readonly string[] {
  return role.startsWith('queue@') ? [`${role.replace('queue@', 'worker@')}.sock`] : []
}
