import { openQueueClient } from '@beamtime/queue-client'
import { CompatError } from './compat-error.ts'
import { parseArguments, type ArgumentTable } from './python-arguments.ts'
import { encodingOf } from './qserver.ts'

const table: ArgumentTable<'zmq_info_addr' | 'zmq_subscribe_addr' | 'zmq_encoding'> = {
  program: 'qserver-console-monitor',
  description: 'Writes the console output that the manager publishes to standard output until it is stopped.',
  positional: null,
  options: {
    zmq_info_addr: {
      flags: ['--zmq-info-addr'],
      takes: 'value',
      help: 'Info socket of the manager (QSERVER_ZMQ_INFO_ADDRESS; default tcp://localhost:60625).',
    },
    zmq_subscribe_addr: {
      flags: ['--zmq-subscribe-addr'],
      takes: 'value',
      help: 'Legacy: use --zmq-info-addr.',
    },
    zmq_encoding: {
      flags: ['--zmq-encoding'],
      takes: 'value',
      help: "Encoding of the manager: 'json' (default) or 'msgpack' (QSERVER_ZMQ_ENCODING).",
    },
  },
}

/** `qserver-console-monitor`: resolves with the exit code when it is interrupted. */
export async function consoleMonitor(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const parsed = parseArguments(table, args)
  if (parsed.kind !== 'parsed') {
    const stream = parsed.kind === 'help' ? process.stdout : process.stderr
    stream.write(parsed.text)
    return parsed.kind === 'help' ? 0 : 2
  }
  const { zmq_info_addr: given, zmq_subscribe_addr: legacy, zmq_encoding: encoding } = parsed.options
  if (legacy !== undefined) {
    process.stderr.write(
      'The parameter --zmq-subscribe-addr is deprecated and will be removed. Use --zmq-info-addr instead.\n',
    )
  }
  const info = [given, legacy, environment['QSERVER_ZMQ_INFO_ADDRESS']].find(
    (text) => typeof text === 'string' && text !== '',
  )
  const address = typeof info === 'string' ? info : 'tcp://localhost:60625'
  try {
    const client = openQueueClient({
      control: 'tcp://localhost:60615', // never called
      info: address,
      encoding: encodingOf(typeof encoding === 'string' ? encoding : environment['QSERVER_ZMQ_ENCODING']),
    })
    process.stderr.write(
      `INFO:bluesky_queueserver.manager.output_streaming:Subscribing to console output stream from 0MQ address: ${address} ...\n`,
    )
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort())
    await client.subscribe({ signal: stop.signal, onConsole: ({ msg }) => void process.stdout.write(msg) })
    await client.close()
    return 0
  } catch (error) {
    const text = error instanceof CompatError || error instanceof Error ? error.message : String(error)
    process.stderr.write(`Queue Server Console Monitor failed with exception: ${text}\n`)
    return 1
  }
}
