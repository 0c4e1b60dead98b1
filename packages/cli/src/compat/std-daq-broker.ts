import {
  BrokerClient,
  brokerOfSetup,
  brokerOption,
  openRedisEntryStore,
  redisAddress,
  StatusAggregator,
  textValue,
  type BrokerStatus,
  type ProgramTable,
  type RequestState,
  type StatusAction,
} from '@beamtime/detector-daq/services'
import { readJsonFile, readProgram, untilStopped, type StdDaqProgram } from './std-daq-program.ts'

/* std_daq_request, std_daq_monitor, std_daq_current_pulse_id (daq contract 9.1). */

/** Publishes one request and ends. */
export const request: StdDaqProgram = async (args, env) => {
  const table: ProgramTable = {
    program: 'std_daq_request',
    description: 'Send a request to a service over the broker.',
    positionals: [
      { name: 'tag', help: 'Tag on which the service listens' },
      { name: 'request_json_file', help: 'JSON file with the request' },
    ],
    options: brokerOption(env),
  }
  const parsed = readProgram(table, args)
  if (parsed === undefined) return 0
  const [tag = '', file = ''] = parsed.words
  const body = readJsonFile(file)
  const client = await BrokerClient.open({ address: brokerOfSetup(parsed.values, env), tag })
  const id = client.sendRequest(body)
  await client.close()
  process.stdout.write(`${id}\n`)
  return 0
}

const reset = '\u001B[0m'
const textColour = {
  request_start: '\u001B[33m',
  request_success: '\u001B[32m',
  request_fail: '\u001B[31m',
} as const satisfies Record<StatusAction, string>
const symbols = {
  request_start: '\u001B[30m\u001B[43m*',
  request_success: '\u001B[30m\u001B[42m+',
  request_fail: '\u001B[30m\u001B[41m-',
} as const satisfies Record<StatusAction, string>
const order = { request_fail: 0, request_start: 1, request_success: 2 } as const satisfies Record<
  StatusAction,
  number
>

function shortId(id: string): string {
  return `[${id.slice(0, 4)}..${id.slice(-4)}]`
}

/** What a peer sent, without what would steer the terminal. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  return text.replaceAll(/[\u0000-\u001F\u007F]/g, ' ')
}

export function rawLine({ id, action, source, message, request: body }: BrokerStatus): string {
  const file =
    typeof body === 'object' && body !== null && 'output_file' in body ? String(body.output_file) : ''
  const text = action === 'request_fail' ? (message ?? '') : file
  const colour = textColour[action]
  return `${shortId(id)} ${colour}${plain(source)}${reset} ${colour}${action} ${plain(text)}${reset}`
}

export function aggregatedLine(id: string, state: RequestState): string {
  const services = Object.entries(state.services)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, said]) => ({ name, action: said.at(-1)?.[0] ?? 'request_start' }))
    .toSorted((a, b) => order[a.action] - order[b.action])
  const marks = services.map(({ action }) => `${symbols[action]}${reset}`).join('')
  const names = services.map(({ name, action }) => ` ${textColour[action]}${plain(name)}${reset}`).join('')
  return `${shortId(id)} [${marks}]${names}`
}

/** Prints every status until it is stopped. */
export const monitor: StdDaqProgram = async (args, env) => {
  const table: ProgramTable = {
    program: 'std_daq_monitor',
    description: 'Print the statuses of services.',
    positionals: [],
    options: {
      agg: { takes: 'flag', help: 'Gather the statuses of a request in one line' },
      ...brokerOption(env),
      tag: { takes: 'value', default: '#', help: 'Tag of the statuses' },
    },
  }
  const parsed = readProgram(table, args)
  if (parsed === undefined) return 0
  const { stopped } = untilStopped()
  const gathered = new StatusAggregator()
  const client = await BrokerClient.open({
    address: brokerOfSetup(parsed.values, env),
    tag: textValue(parsed.values, 'tag'),
    onStatus: (status) => {
      const line =
        parsed.values['agg'] === true ? aggregatedLine(status.id, gathered.add(status)) : rawLine(status)
      process.stdout.write(`${line}\n`)
    },
    onState: (state, reason) => {
      if (state === 'lost') process.stderr.write(`The broker is away: ${reason}\n`)
    },
  })
  process.stdout.write('Connected. Waiting for messages.\n')
  await stopped
  await client.close()
  return 0
}

/** Prints the newest pulse. */
export const currentPulseId: StdDaqProgram = async (args, env) => {
  const table: ProgramTable = {
    program: 'std_daq_current_pulse_id',
    description: 'Print the pulse id that came last.',
    positionals: [],
    options: {
      redis_host: {
        takes: 'value',
        default: env['REDIS_HOST'] ?? '127.0.0.1',
        help: 'Host of Redis, from REDIS_HOST',
      },
      redis_port: {
        takes: 'number',
        default: env['REDIS_PORT'] ?? '6379',
        help: 'Port of Redis, from REDIS_PORT',
      },
    },
  }
  const parsed = readProgram(table, args)
  if (parsed === undefined) return 0
  const host = textValue(parsed.values, 'redis_host')
  const store = await openRedisEntryStore(
    redisAddress(host, '--redis_host', Number(textValue(parsed.values, 'redis_port'))),
  )
  try {
    const pulse = await store.newestPulse()
    if (pulse === undefined) {
      process.stderr.write('std_daq_current_pulse_id: there is no pulse_id entry\n')
      return 1
    }
    process.stdout.write(`${pulse.pulseId}\n`)
    return 0
  } finally {
    await store.close()
  }
}
