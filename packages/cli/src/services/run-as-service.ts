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
import { serviceRoles } from '../config/service-roles.ts'
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
    metrics: {
      influx: { url: prepared.influxUrl, sockets: workerSockets(setup.role) },
      ...(prepared.metricsListen !== '' && listensForAll(setup.role)
        ? { listen: { address: prepared.metricsListen, sockets: otherSockets(prepared.config, setup.role) } }
        : {}),
    },
    reload: () => Promise.resolve(loadConfig(options).read(logConfig)),
    ...(setup.writeLog === undefined ? {} : { writeLog: setup.writeLog }),
  })
}

interface Prepared {
  readonly config: Config
  readonly logConfig: LogConfig
  readonly shutdownMs: number
  readonly influxUrl: string
  readonly metricsListen: string
  readonly start: (context: ServiceContext) => Promise<RunningService>
}

async function prepare(setup: ServiceSetup, options: PlaceOptions): Promise<Prepared | null> {
  try {
    const config = loadConfig(options)
    const metrics = config.read(metricsConfig)
    return {
      config,
      logConfig: config.read(logConfig),
      shutdownMs: config.read(opsConfig).shutdown_s * 1_000,
      influxUrl: metrics.influx_url,
      metricsListen: metrics.listen,
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

/** `[metrics] listen` is the gateway's; a service that runs alone, without a supervisor and without systemd, takes it itself. */
function listensForAll(role: string): boolean {
  return role === 'http' || !(supervisorLink().isSupervised || process.env['NOTIFY_SOCKET'] !== undefined)
}

/** Health sockets of every other service of the configuration and of the workers. */
function otherSockets(config: Config, role: string): readonly string[] {
  const roles = serviceRoles(config)
  const workers = roles.flatMap((one) => workerSockets(one))
  return [...roles.filter((one) => one !== role).map((one) => `${one}.sock`), ...workers]
}
