import { daqConfig } from '@beamtime/detector-daq/config'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import type { DaqCallOptions } from './daq-options.ts'

export type DaqAnswer = Readonly<Record<string, unknown>>

/** REST address of a detector: the option, or what its table says. */
function addressOf(detector: string, options: DaqCallOptions): string {
  if (options.url !== undefined) return options.url
  const { rest } = loadConfig(options).readNamed(daqConfig, detector)
  if (rest !== null && rest !== '') return `http://${rest}`
  throw new CliError({
    code: 'CLI_USAGE',
    message: `daq.${detector}.rest is empty`,
    remedy: 'name the address with --url',
  })
}

/** Calls the service of a detector. Throws CLI_NOT_RUNNING, CLI_REJECTED with the reason. */
export async function callDaq(
  detector: string,
  options: DaqCallOptions,
  request: { readonly path: string; readonly body?: unknown },
): Promise<DaqAnswer> {
  const url = addressOf(detector, options)
  let answer: DaqAnswer
  try {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(request.body)
    const init = request.body === undefined ? {} : { method: 'POST', body, headers }
    const response = await fetch(new URL(request.path, url), init)
    answer = (await response.json()) as DaqAnswer
  } catch (cause) {
    throw new CliError({
      code: 'CLI_NOT_RUNNING',
      message: `no detector service answers at ${url}`,
      remedy: `start it with \`beamtime daq run ${detector}\`, or name its address with --url`,
      fault: 'environment',
      canRetry: true,
      cause,
    })
  }
  if (answer['status'] !== 'error') return answer
  throw new CliError({
    code: 'CLI_REJECTED',
    message: String(answer['message']),
    remedy: `look at \`beamtime daq status ${detector}\``,
  })
}
