import { setTimeout as sleep } from 'node:timers/promises'
import { pyRepr } from '@beamtime/python-notation'
import { openQueueClient, QueueClientError, type ClientKeys, type QueueClient } from '@beamtime/queue-client'
import { publicCurveKey } from '@beamtime/queue-manager/curve'
import { CompatError } from './compat-error.ts'
import { parseArguments, type ArgumentTable, type ArgumentValues } from './python-arguments.ts'
import { commandExamples } from './qserver-examples.ts'
import { qserverRequest, type QserverRequest } from './qserver-request.ts'
import { replyText } from './reply-text.ts'

/** Exit codes of `qserver`. */
const exits = {
  success: 0,
  parameterError: 1,
  requestFailed: 2,
  communicationError: 3,
  exception: 4,
} as const

type OptionName = 'zmq_control_addr' | 'address' | 'zmq_encoding' | 'lock_key'
type Environment = Readonly<Record<string, string | undefined>>

const table: ArgumentTable<OptionName> = {
  program: 'qserver',
  description: 'Command-line tool for communicating with RE Manager.',
  positional: { name: 'command', help: 'a sequence of keywords and parameters that define the command' },
  options: {
    zmq_control_addr: {
      flags: ['--zmq-control-addr', '-a'],
      takes: 'value',
      help: 'Control socket of the manager (QSERVER_ZMQ_CONTROL_ADDRESS; default tcp://localhost:60615).',
    },
    address: { flags: ['--address'], takes: 'value', help: 'Legacy: use --zmq-control-addr.' },
    zmq_encoding: {
      flags: ['--zmq-encoding'],
      takes: 'value',
      help: "Encoding of the manager: 'json' (default) or 'msgpack' (QSERVER_ZMQ_ENCODING).",
    },
    lock_key: {
      flags: ['--lock-key', '-k'],
      takes: 'value',
      help: 'Key that locks, unlocks, or lets pass a lock.',
    },
  },
  epilog:
    'A manager with an encrypted control socket needs its public key in QSERVER_ZMQ_PUBLIC_KEY, and where it admits\n' +
    'listed clients only, the secret key of this client in QSERVER_ZMQ_CLIENT_SECRET_KEY.\n\n' +
    commandExamples,
}

/** `qserver`: sends one request and prints the answer. Resolves with the exit code. */
export async function qserver(args: readonly string[], environment: Environment): Promise<number> {
  const parsed = parseArguments(table, args)
  if (parsed.kind === 'help') {
    process.stdout.write(parsed.text)
    return exits.success
  }
  if (parsed.kind === 'misuse') {
    process.stderr.write(parsed.text)
    return exits.requestFailed
  }
  process.stdout.write(`Arguments: ${pyRepr([...parsed.words])}\n`)
  try {
    const client = openClient(parsed.options, environment)
    try {
      return await talk(client, qserverRequest(parsed.words, lockKey(parsed.options)))
    } finally {
      await client.close()
    }
  } catch (error) {
    if (error instanceof CompatError) {
      process.stderr.write(`Invalid command or parameters: ${error.message}.\n`)
      return exits.parameterError
    }
    process.stderr.write(`Exception occurred: ${error instanceof Error ? error.message : String(error)}.\n`)
    return exits.exception
  }
}

function lockKey({ lock_key: key }: ArgumentValues<OptionName>): string | null {
  if (key === undefined) return null
  if (typeof key === 'string' && key !== '') return key
  throw new CompatError("Lock key must be a non-empty string: submitted lock key is ''")
}

function openClient(options: ArgumentValues<OptionName>, environment: Environment): QueueClient {
  if (options.address !== undefined) {
    process.stderr.write(
      'The parameter --address is deprecated and will be removed. Use --zmq-control-addr instead.\n',
    )
  }
  const control =
    textOf(options.zmq_control_addr) || textOf(options.address) || environment['QSERVER_ZMQ_CONTROL_ADDRESS']
  const serverPublicKey = environment['QSERVER_ZMQ_PUBLIC_KEY'] ?? ''
  const clientSecretKey = environment['QSERVER_ZMQ_CLIENT_SECRET_KEY'] ?? ''
  try {
    return openQueueClient({
      control: control || 'tcp://localhost:60615',
      encoding: encodingOf(textOf(options.zmq_encoding) || environment['QSERVER_ZMQ_ENCODING']),
      ...(serverPublicKey === '' ? {} : { serverPublicKey }),
      ...(clientSecretKey === '' ? {} : { clientKeys: clientKeys(clientSecretKey) }),
    })
  } catch (error) {
    if (!(error instanceof QueueClientError) || error.code !== 'QUEUE_KEY_INVALID') throw error
    throw new CompatError(
      'ZMQ public key is improperly formatted: the key must be a 40 byte z85 encoded string',
    )
  }
}

function clientKeys(secretKey: string): ClientKeys {
  const publicKey = publicCurveKey(secretKey)
  if (publicKey === null) throw new CompatError('QSERVER_ZMQ_CLIENT_SECRET_KEY is improperly formatted')
  return { publicKey, secretKey }
}

/** Empty counts as absent, as in the Python tool. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function encodingOf(text: string | undefined): 'json' | 'msgpack' {
  const name = (text || 'json').toLowerCase()
  if (name === 'json' || name === 'msgpack') return name
  throw new CompatError(`Unsupported encoding '${name}'. Supported: 'json', 'msgpack'`)
}

async function talk(client: QueueClient, request: QserverRequest): Promise<number> {
  if (!request.monitor) return await exchange(client, request)
  process.stdout.write('Running QServer monitor. Press Ctrl-C to exit ...\n')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  while (!stop.signal.aborted) {
    await exchange(client, request)
    await sleep(1_000, undefined, { signal: stop.signal }).catch(() => undefined) // interrupted
  }
  process.stdout.write('\nThe program was manually stopped.\n')
  return exits.success
}

async function exchange(client: QueueClient, { method, params }: QserverRequest): Promise<number> {
  const now = (): string => new Date().toTimeString().slice(0, 8)
  try {
    const reply = await client.call(method, params)
    process.stdout.write(`${now()} - MESSAGE: \n${replyText(reply)}\n`)
    return reply.success === false ? exits.requestFailed : exits.success
  } catch (error) {
    if (!(error instanceof QueueClientError)) throw error
    const text =
      error.code === 'QUEUE_TIMEOUT'
        ? 'ZMQ communication error: timeout occurred'
        : `ZMQ communication error: ${error.message}`
    process.stdout.write(`${now()} - ERROR: ${text}\n`)
    return exits.communicationError
  }
}
