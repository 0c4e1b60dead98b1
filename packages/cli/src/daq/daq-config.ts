import { readFileSync } from 'node:fs'
import { CliError } from '../error.ts'
import { printJson } from '../print.ts'
import { callDaq } from './daq-call.ts'
import type { DaqCallOptions } from './daq-options.ts'

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new CliError({
      code: 'CLI_USAGE',
      message: `${file} is no readable JSON file`,
      remedy: 'give a file with an object of the keys to change',
      cause,
    })
  }
}

export async function daqConfigCommand(
  detector: string,
  options: DaqCallOptions & { readonly file: string | undefined },
): Promise<number> {
  const { file } = options
  const body = file === undefined ? undefined : readJson(file)
  const answer = await callDaq(detector, options, { path: '/daq/config', body })
  printJson(answer['config'])
  return 0
}
