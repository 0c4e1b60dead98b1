import { newCurveKeys, publicCurveKey } from '@beamtime/queue-manager/curve'
import { parseArguments, type ArgumentTable } from './python-arguments.ts'

const table: ArgumentTable<'zmq_private_key'> = {
  program: 'qserver-zmq-keys',
  description:
    'Makes a key pair for the encrypted control socket, or the public key that belongs to a private key.',
  positional: null,
  options: {
    zmq_private_key: {
      flags: ['--zmq-private-key'],
      takes: 'value',
      help: 'Private key of the manager (40 characters Z85), whose public key is wanted.',
    },
  },
}

const exception = 4
const line = '='.repeat(84)

/** `qserver-zmq-keys`: prints a key pair. Returns the exit code. */
export function zmqKeys(args: readonly string[]): number {
  const parsed = parseArguments(table, args)
  if (parsed.kind !== 'parsed') {
    const stream = parsed.kind === 'help' ? process.stdout : process.stderr
    stream.write(parsed.text)
    return parsed.kind === 'help' ? 0 : 2
  }
  const given = parsed.options.zmq_private_key
  const pair =
    typeof given === 'string' ? { secretKey: given, publicKey: publicCurveKey(given) } : newCurveKeys()
  if (pair.publicKey === null) {
    process.stdout.write('Failed to generate keys: the key must be a 40 byte z85 encoded string\n')
    return exception
  }
  const what =
    given === undefined
      ? 'New public-private key pair.'
      : 'Private key generated based on provided private key.'
  process.stdout.write(
    [
      line,
      `     ZMQ SECURITY: ${what}`,
      line,
      ` Private key (RE Manager):                 ${pair.secretKey}`,
      ` Public key (CLI client or HTTP server):   ${pair.publicKey}`,
      line,
      '',
      '',
    ].join('\n'),
  )
  return 0
}
