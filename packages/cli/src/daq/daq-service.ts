import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseProgram } from '@beamtime/detector-daq/services'
import { runStdDaq } from '../compat/std-daq.ts'
import { runServiceFile } from '../compat/std-daq-service-file.ts'
import { servicePrograms } from '../compat/std-daq-services.ts'
import { reportFailure } from '../compat/std-daq-error.ts'
import { CliError } from '../error.ts'
import { printLine } from '../print.ts'
import { serviceFiles, serviceKinds } from './service-template.ts'

export interface NewServiceOptions {
  readonly kind?: string
  readonly primary?: string
}

function usage(message: string, remedy: string): CliError {
  return new CliError({ code: 'CLI_USAGE', message, remedy })
}

/** `daq service new NAME`: writes a service into a new folder. The options may stand behind the name as well. */
export function daqServiceNew(args: readonly string[], given: NewServiceOptions): Promise<number> {
  const { name, options } = newServiceArguments(args, given)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw usage(
      `${name} is no name of a service`,
      'use letters, digits, dots, minus and underscores: facility.beamline.name',
    )
  const kind = serviceKinds.find((each) => each === (options.kind ?? 'primary'))
  if (kind === undefined)
    throw usage(`--kind ${options.kind}: not known`, `choose ${serviceKinds.join(', ')}`)
  if (existsSync(name)) throw usage(`${name} exists`, 'choose another name, or go to another folder')
  const primary = options.primary ?? 'debug.primary'
  if (/['"\\\n]/.test(primary))
    throw usage(`--primary ${primary} is no name of a service`, 'use the name of a service')
  mkdirSync(name)
  for (const [file, text] of Object.entries(serviceFiles(name, kind, primary)))
    writeFileSync(join(name, file), text)
  printLine(
    `${name}/service.ts is a ${kind} service; run it with \`beamtime daq service run ${name}/service.ts --service_name ${name}\``,
  )
  return Promise.resolve(0)
}

function newServiceArguments(
  args: readonly string[],
  given: NewServiceOptions,
): { readonly name: string; readonly options: NewServiceOptions } {
  const parsed = parseProgram(
    {
      program: 'beamtime daq service new',
      description: 'Write a service into a new folder.',
      positionals: [{ name: 'NAME', help: 'facility.beamline.name' }],
      options: {
        kind: { takes: 'value', default: given.kind ?? 'primary', help: serviceKinds.join(', ') },
        primary: {
          takes: 'value',
          default: given.primary ?? 'debug.primary',
          help: 'the service that is followed',
        },
      },
    },
    args,
  )
  if (parsed.kind === 'help') throw usage(parsed.text, '')
  const { kind, primary } = parsed.values
  return { name: parsed.words[0] ?? '', options: { kind: String(kind), primary: String(primary) } }
}

/** `daq service run FILE ...` and `daq service buffer|writer|validator|writer_agent|noop ...`. */
export async function daqServiceRun(name: string, args: readonly string[]): Promise<number> {
  const program = name === 'run' ? runServiceFile : servicePrograms[name]
  if (program === undefined) return await runStdDaq(name, args)
  try {
    return await program(args, process.env)
  } catch (error) {
    return reportFailure(`beamtime daq service ${name}`, error)
  }
}

/** `daq container COMMAND ...`: the entry of the service image. */
export function daqContainer(args: readonly string[]): Promise<number> {
  return runStdDaq('container', args)
}
