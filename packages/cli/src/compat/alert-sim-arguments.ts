import { CompatError } from './compat-error.ts'
import { type ArgumentOption, type ArgumentTable, parseArguments } from './python-arguments.ts'

/* The command line of Rubin's alert simulator: global options, a subcommand, its options. */

export const programName = 'rubin-alert-sim'

export interface BrokerWords {
  readonly broker: string
  readonly tls: { readonly key: string; readonly crt: string; readonly ca: string } | null
}

export type AlertSimCommand =
  | ({
      readonly kind: 'create-stream'
      readonly topic: string
      readonly replaces: boolean
      readonly schemaId: number
      readonly file: string
    } & BrokerWords)
  | ({
      readonly kind: 'play-stream'
      readonly from: string
      readonly to: string
      readonly partitions: number
      readonly replaces: boolean
      readonly repeatSeconds: number
    } & BrokerWords)
  | ({ readonly kind: 'print-stream'; readonly topic: string } & BrokerWords)

export type LogThreshold = 'DEBUG' | 'INFO' | 'WARNING'

export type AlertSimLine =
  | { readonly kind: 'run'; readonly threshold: LogThreshold; readonly command: AlertSimCommand }
  /** Printed with exit code 0. */
  | { readonly kind: 'text'; readonly text: string }
  /** Printed on standard error with exit code 2. */
  | { readonly kind: 'misuse'; readonly text: string }

const subcommands = ['create-stream', 'play-stream', 'print-stream'] as const
type Subcommand = (typeof subcommands)[number]

const usage = `usage: ${programName} [-h] [-v] [-d] {${subcommands.join(',')}} ...\n`

const help = `${usage}
options:
  -h, --help            show this help message and exit
  -v, --verbose         log what is done, on standard error (default: False)
  -d, --debug           log more than that (default: False)

subcommands:
  {${subcommands.join(',')}}
    create-stream       preload a topic with the alerts of a file, each with its time
    play-stream         play a preloaded topic into another one, at the pace of its alerts
    print-stream        print a line for each alert of a topic
`

const brokerOptions = {
  broker: {
    flags: ['-B', '--broker'],
    takes: 'value',
    help: 'address of a Kafka broker (default: localhost:9092)',
  },
  tls_key: {
    flags: ['--tls-client-key-location'],
    takes: 'value',
    help: 'PEM file of the key of this client; the three tls options go together (default: )',
  },
  tls_crt: {
    flags: ['--tls-client-crt-location'],
    takes: 'value',
    help: 'PEM file of the certificate of this client (default: )',
  },
  tls_ca: {
    flags: ['--tls-server-ca-crt-location'],
    takes: 'value',
    help: 'PEM file of the authority that the broker is certified by (default: )',
  },
} as const satisfies Record<string, ArgumentOption>

const value = (flag: string, text: string): ArgumentOption => ({ flags: [flag], takes: 'value', help: text })

const createTable = {
  program: `${programName} create-stream`,
  description: 'Preloads a topic, which keeps everything, with the alerts of an Avro file.',
  positional: { name: 'file', help: 'Avro container file of alerts' },
  options: {
    ...brokerOptions,
    dst_topic: value('--dst-topic', 'topic to preload (default: alerts-reservoir)'),
    force: {
      flags: ['--create-topic', '--force'],
      takes: 'flag',
      help: 'make the topic anew when it is there already (default: False)',
    },
    timeout: value(
      '--timeout-sec',
      'accepted; delivery is waited for as long as the broker answers (default: 10.0)',
    ),
    schema_id: value('--schema-id', 'id written before each alert (default: 0)'),
  },
} as const satisfies ArgumentTable<string>

const playTable = {
  program: `${programName} play-stream`,
  description: 'Plays a preloaded topic into another one.',
  positional: null,
  options: {
    ...brokerOptions,
    dst_topic: value('--dst-topic', 'topic of the live stream (default: alerts-stream)'),
    partitions: value('--dst-topic-partitions', 'partitions of that topic (default: 1)'),
    src_topic: value('--src-topic', 'preloaded topic (default: alerts-reservoir)'),
    force: {
      flags: ['--create-dst-topic', '--force'],
      takes: 'flag',
      help: 'make the live topic anew when it is there already (default: False)',
    },
    repeat: value('--repeat-interval', 'seconds from pass to pass; below 0: one pass (default: -1)'),
  },
} as const satisfies ArgumentTable<string>

const printTable = {
  program: `${programName} print-stream`,
  description: 'Prints a line for each alert of a topic, as they come.',
  positional: null,
  options: {
    ...brokerOptions,
    src_topic: value('--src-topic', 'topic to print (default: alerts-reservoir)'),
  },
} as const satisfies ArgumentTable<string>

const tables: Readonly<Record<Subcommand, ArgumentTable<string>>> = {
  'create-stream': createTable,
  'play-stream': playTable,
  'print-stream': printTable,
}

/** Throws CompatError with the text that the peer ends with. */
export function alertSimLine(args: readonly string[]): AlertSimLine {
  const words = [...args]
  let threshold: LogThreshold = 'WARNING'
  let isDebug = false
  for (;;) {
    const word = words.shift()
    // Without a subcommand the usage is all that is told.
    if (word === undefined) return { kind: 'text', text: usage }
    if (isFlag(word, '-h', '--help')) return { kind: 'text', text: help }
    const level = levelOf(word)
    isDebug ||= level === 'DEBUG'
    if (level !== null) threshold = isDebug ? 'DEBUG' : level
    else if (word.startsWith('-')) return misuse(programName, `unrecognized arguments: ${word}`, usage)
    else return subcommandLine(word, words, threshold)
  }
}

function isFlag(word: string, short: string, long: string): boolean {
  return word === short || (word.length > 2 && long.startsWith(word) && word.startsWith('--'))
}

/** `-v`, `--verbose`, `-d`, `--debug`, `-vd`, and abbreviations of the long ones. */
function levelOf(word: string): 'DEBUG' | 'INFO' | null {
  if (isFlag(word, '-d', '--debug') || /^-v*d[vd]*$/.test(word)) return 'DEBUG'
  return isFlag(word, '-v', '--verbose') || /^-v+$/.test(word) ? 'INFO' : null
}

function misuse(program: string, message: string, text: string): AlertSimLine {
  return { kind: 'misuse', text: `${text}${program}: error: ${message}\n` }
}

// oxlint-disable-next-line max-params -- what was read so far, and the rest
function subcommandLine(word: string, rest: readonly string[], threshold: LogThreshold): AlertSimLine {
  const subcommand = subcommands.find((one) => one === word)
  if (subcommand === undefined) {
    const known = subcommands.map((one) => `'${one}'`).join(', ')
    return misuse(programName, `argument subcommand: invalid choice: '${word}' (choose from ${known})`, usage)
  }
  const parsed = parseArguments(tables[subcommand], rest)
  if (parsed.kind === 'help') return { kind: 'text', text: parsed.text }
  if (parsed.kind === 'misuse') return parsed
  const [file, ...extra] = parsed.words
  if (extra.length > 0) return misuse(programName, `unrecognized arguments: ${extra.join(' ')}`, usage)
  const options = parsed.options as Readonly<Record<string, string | true | undefined>>
  const problem = numberProblem(subcommand, options)
  if (problem !== null) return misuse(tables[subcommand].program, problem, usage)
  return { kind: 'run', threshold, command: commandOf(subcommand, options, file ?? '') }
}

const numbers: Readonly<Record<string, { readonly flag: string; readonly type: 'int' | 'float' }>> = {
  partitions: { flag: '--dst-topic-partitions', type: 'int' },
  repeat: { flag: '--repeat-interval', type: 'int' },
  schema_id: { flag: '--schema-id', type: 'int' },
  timeout: { flag: '--timeout-sec', type: 'float' },
}

function numberProblem(
  subcommand: Subcommand,
  options: Readonly<Record<string, string | true | undefined>>,
): string | null {
  for (const [name, { flag, type }] of Object.entries(numbers)) {
    const text = options[name]
    if (typeof text !== 'string') continue
    const isNumber =
      type === 'int' ? /^\s*[+-]?\d+\s*$/.test(text) : text.trim() !== '' && !Number.isNaN(Number(text))
    if (!isNumber) return `argument ${flag}: invalid ${type} value: '${text}'`
  }
  return subcommand === 'play-stream' && Number(options['partitions'] ?? 1) < 1
    ? 'argument --dst-topic-partitions: a topic has at least one partition'
    : null
}

function textOf(value: string | true | undefined, absent: string): string {
  return typeof value === 'string' ? value : absent
}

// oxlint-disable-next-line max-params -- a subcommand with its options and its file
function commandOf(
  subcommand: Subcommand,
  options: Readonly<Record<string, string | true | undefined>>,
  file: string,
): AlertSimCommand {
  const broker = brokerWords(options)
  const replaces = options['force'] === true
  switch (subcommand) {
    case 'create-stream': {
      const schemaId = Number(textOf(options['schema_id'], '0'))
      return {
        kind: subcommand,
        ...broker,
        topic: textOf(options['dst_topic'], 'alerts-reservoir'),
        replaces,
        schemaId,
        file,
      }
    }
    case 'play-stream':
      return {
        kind: subcommand,
        ...broker,
        from: textOf(options['src_topic'], 'alerts-reservoir'),
        to: textOf(options['dst_topic'], 'alerts-stream'),
        partitions: Number(textOf(options['partitions'], '1')),
        replaces,
        repeatSeconds: Number(textOf(options['repeat'], '-1')),
      }
    case 'print-stream':
      return { kind: subcommand, ...broker, topic: textOf(options['src_topic'], 'alerts-reservoir') }
  }
}

function brokerWords(options: Readonly<Record<string, string | true | undefined>>): BrokerWords {
  const [key, crt, ca] = ['tls_key', 'tls_crt', 'tls_ca'].map((name) => textOf(options[name], ''))
  const given = [key, crt, ca].filter((path) => path !== '').length
  if (given !== 0 && given !== 3)
    throw new CompatError('ValueError: either all --tls options must be set, or none of them')
  return {
    broker: textOf(options['broker'], 'localhost:9092'),
    tls: given === 0 ? null : { key: key ?? '', crt: crt ?? '', ca: ca ?? '' },
  }
}
