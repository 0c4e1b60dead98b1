import { spawn } from 'node:child_process'
import { prepareContainer, serviceLogger, type Environment } from '@beamtime/detector-daq/services'
import { CliError } from '../error.ts'
import { servicePrograms } from './std-daq-services.ts'
import { runServiceFile } from './std-daq-service-file.ts'
import type { StdDaqProgram } from './std-daq-program.ts'

/* The entry of the service image (daq contract 13): prepares config.json, keeps the status of the service in Redis, then runs the
 * command: a service by its name, `service FILE`, a program of the standard DAQ, or anything else that is installed. */

/** Runs the entry in `folder`. */
export async function containerEntry(
  command: readonly string[],
  options: {
    readonly folder: string
    readonly env: Environment
    /** Programs that are found by their names. */
    readonly find: (name: string) => StdDaqProgram | undefined
  },
): Promise<number> {
  const [name, ...args] = command
  if (name === undefined)
    throw new CliError({
      code: 'CLI_USAGE',
      message: 'the container was given no command',
      remedy: `give one of ${Object.keys(servicePrograms).join(', ')}, or service FILE`,
    })
  const { env, folder } = options
  const log = serviceLogger(env['SERVICE_NAME'] ?? 'container', 'INFO')
  const prepared = await prepareContainer(folder, env, log)
  if (prepared.source === 'empty') log.info('config.empty', { file: 'config.json' })
  try {
    const program = name === 'service' ? runServiceFile : (servicePrograms[name] ?? options.find(name))
    return program === undefined ? await runOther(name, args) : await program(args, env)
  } finally {
    await prepared.close()
  }
}

/** A command that is none of ours; its exit code is ours. */
function runOther(name: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { stdio: 'inherit' })
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
    process.on('SIGINT', pass)
    process.on('SIGTERM', pass)
    child.once('error', (cause) =>
      reject(
        new CliError({
          code: 'CLI_USAGE',
          message: `${name} cannot be run: ${cause.message}`,
          remedy: `give one of ${Object.keys(servicePrograms).join(', ')}, service FILE or a program that is installed`,
          cause,
        }),
      ),
    )
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGTERM' ? 143 : 130)))
  })
}
