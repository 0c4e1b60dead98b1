import { readFileSync } from 'node:fs'
import {
  parseProgram,
  type Environment,
  type ParsedProgram,
  type ProgramTable,
} from '@beamtime/detector-daq/services'
import { CliError } from '../error.ts'

/** A program of the standard DAQ under its name there. Resolves with its exit code. */
export type StdDaqProgram = (args: readonly string[], env: Environment) => Promise<number>

/** Reads the command line; undefined when it asked for help, which is printed. */
export function readProgram(
  table: ProgramTable,
  args: readonly string[],
): Extract<ParsedProgram, { kind: 'parsed' }> | undefined {
  const parsed = parseProgram(table, args)
  if (parsed.kind === 'parsed') return parsed
  process.stdout.write(parsed.text)
  return undefined
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function untilStopped(): { readonly signal: AbortSignal; readonly stopped: Promise<void> } {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  let count = 0
  const stop = (): void => {
    count += 1
    if (count > 1) process.exit(130)
    controller.abort(new Error('The program ends.'))
    resolve()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return { signal: controller.signal, stopped: promise }
}

/** The JSON in a file. Throws CLI_USAGE that names it. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new CliError({
      code: 'CLI_USAGE',
      message: `${path} is no readable JSON file: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'name a file with JSON',
      cause,
    })
  }
}
