import { textValue, type Environment, type ProgramTable } from '@beamtime/detector-daq/services'
import { CliError } from '../error.ts'
import { readJsonFile, readProgram, type StdDaqProgram } from './std-daq-program.ts'

/* The commands of std_daq_client: each asks the REST service and prints JSON with indent 2. */

interface Call {
  readonly path: string
  readonly body?: unknown
  /** Key of the answer that is printed. */
  readonly key: string
}

function tableOf(program: string, description: string, env: Environment): ProgramTable {
  return {
    program,
    description,
    positionals: [],
    options: {
      url_base: {
        takes: 'value',
        short: 'b',
        default: env['STD_DAQ_API_URL'] ?? 'http://127.0.0.1:5000',
        help: 'Address of the REST service, from STD_DAQ_API_URL',
      },
    },
  }
}

async function ask(url: string, { path, body, key }: Call): Promise<unknown> {
  let response: Response
  try {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    response = await fetch(new URL(path, url), init)
  } catch (cause) {
    throw new CliError({
      code: 'CLI_NOT_RUNNING',
      message: `no detector service answers at ${url} (STD_DAQ_API_URL)`,
      remedy: 'start it with `beamtime daq run NAME`, or name its address with -b',
      fault: 'environment',
      canRetry: true,
      cause,
    })
  }
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  if (answer['status'] === 'ok') return answer[key]
  throw new CliError({
    code: 'CLI_REJECTED',
    message: typeof answer['message'] === 'string' ? answer['message'] : `HTTP ${response.status}`,
    remedy: 'correct what the service names',
  })
}

interface Command {
  readonly description: string
  readonly words?: readonly { readonly name: string; readonly help: string }[]
  readonly lines?: true
  call(words: readonly string[], values: Readonly<Record<string, string | boolean | undefined>>): Call
}

function write(kind: 'sync' | 'async'): Command {
  return {
    description: `Write images to a file${kind === 'sync' ? ' and wait for the end' : ''}.`,
    words: [
      { name: 'output_file', help: 'Absolute path of the file' },
      { name: 'n_images', help: 'Images to write' },
    ],
    call: ([output_file, images]) => ({
      path: `/writer/write_${kind}`,
      body: { output_file, n_images: Number(images) },
      key: 'writer',
    }),
  }
}

const commands: Readonly<Record<string, Command>> = {
  std_cli_get_status: {
    description: 'Print the state of the writer.',
    call: () => ({ path: '/writer/status', key: 'writer' }),
  },
  std_cli_get_config: {
    description: 'Print the configuration.',
    call: () => ({ path: '/daq/config', key: 'config' }),
  },
  std_cli_set_config: {
    description: 'Change parts of the configuration.',
    words: [{ name: 'config_file', help: 'JSON file with the keys to change' }],
    call: ([file = '']) => ({ path: '/daq/config', body: readJsonFile(file), key: 'config' }),
  },
  std_cli_get_logs: {
    description: 'Print the last runs, newest first.',
    lines: true,
    call: (_words, values) => ({ path: `/daq/logs/${Number(values['n_logs'])}`, key: 'logs' }),
  },
  std_cli_get_stats: {
    description: 'Print rates of the last second.',
    call: () => ({ path: '/daq/stats', key: 'stats' }),
  },
  std_cli_get_deploy_status: {
    description: 'Print how far the last configuration is in force.',
    call: () => ({ path: '/daq/deployment', key: 'deployment' }),
  },
  std_cli_write_async: write('async'),
  std_cli_write_sync: write('sync'),
  std_cli_write_stop: {
    description: 'End the file that is written.',
    call: () => ({ path: '/writer/stop', body: {}, key: 'writer' }),
  },
}

function program(name: string, command: Command): StdDaqProgram {
  return async (args, env) => {
    const base = tableOf(name, command.description, env)
    const options =
      command.lines === true
        ? {
            ...base.options,
            n_logs: { takes: 'number' as const, short: 'n', default: '1', help: 'How many' },
          }
        : base.options
    const parsed = readProgram({ ...base, options, positionals: command.words ?? [] }, args)
    if (parsed === undefined) return 0
    const answer = await ask(textValue(parsed.values, 'url_base'), command.call(parsed.words, parsed.values))
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    return 0
  }
}

export const clientPrograms: Readonly<Record<string, StdDaqProgram>> = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [name, program(name, command)]),
)
