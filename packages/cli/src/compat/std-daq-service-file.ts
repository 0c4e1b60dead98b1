import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  brokerOfSetup,
  brokerOption,
  runServiceFunctions,
  serviceSetup,
  type ProgramOption,
  type ServiceFunctions,
} from '@beamtime/detector-daq/services'
import { CliError } from '../error.ts'
import { untilStopped, type StdDaqProgram } from './std-daq-program.ts'

/* Runs a service that somebody wrote: a module with `export const service` and, if it has options, `export const options`. */

const needed = {
  background: ['run'],
  primary: ['onRequest'],
  postprocessing: ['onStatus'],
} as const satisfies Record<ServiceFunctions['kind'], readonly string[]>

function invalid(file: string, message: string): CliError {
  return new CliError({
    code: 'CLI_USAGE',
    message: `${file}: ${message}`,
    remedy: 'see the README of a service that `beamtime daq service new` wrote',
  })
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isKind(value: unknown): value is ServiceFunctions['kind'] {
  return typeof value === 'string' && Object.hasOwn(needed, value)
}

/** What the module exports, checked. Throws CLI_USAGE. */
function serviceOf(file: string, module: Readonly<Record<string, unknown>>): ServiceFunctions {
  const { service } = module
  if (!isTable(service) || !isKind(service['kind']))
    throw invalid(file, 'exports no `service` of kind background, primary or postprocessing')
  for (const name of needed[service['kind']])
    if (typeof service[name] !== 'function') throw invalid(file, `its service has no function ${name}`)
  if (service['kind'] === 'postprocessing' && typeof service['primary'] !== 'string')
    throw invalid(file, 'its service does not name its `primary` service')
  // The functions were looked at above; what they do is up to their author.
  return service as unknown as ServiceFunctions
}

/** Options that the module declares: name to { takes, help, default }. */
function optionsOf(
  file: string,
  module: Readonly<Record<string, unknown>>,
): Readonly<Record<string, ProgramOption>> {
  const { options = {} } = module
  if (!isTable(options)) throw invalid(file, '`options` is not an object')
  return Object.fromEntries(
    Object.entries(options).map(([name, given]) => {
      const table = isTable(given) ? given : {}
      const takes = table['takes'] === 'flag' || table['takes'] === 'number' ? table['takes'] : 'value'
      const { default: standard } = table
      const help = typeof table['help'] === 'string' ? table['help'] : ''
      return [name, { takes, help, ...(typeof standard === 'string' ? { default: standard } : {}) }] as const
    }),
  )
}

/** `service FILE [options]`. */
export const runServiceFile: StdDaqProgram = async ([file = '', ...args], env) => {
  if (file === '' || file.startsWith('-'))
    throw new CliError({
      code: 'CLI_USAGE',
      message: 'no file of a service is named',
      remedy: 'give the module of the service, such as ./service.ts',
    })
  let module: Readonly<Record<string, unknown>>
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw invalid(file, `cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
  const service = serviceOf(file, module)
  const setup = serviceSetup(
    {
      program: `service ${file}`,
      description: `Run the ${service.kind} service of ${file}.`,
      positionals: [],
      options: { ...brokerOption(env), ...optionsOf(file, module) },
    },
    args,
    env,
  )
  if (setup.kind === 'help') {
    process.stdout.write(setup.text)
    return 0
  }
  const { signal } = untilStopped()
  const { name, config, values, log } = setup
  const place = { address: brokerOfSetup(values, env) }
  await runServiceFunctions(service, { name, config, args: values, log, signal }, place)
  return 0
}
