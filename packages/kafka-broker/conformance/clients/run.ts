/* What each Kafka client can do with a server: node conformance/clients/run.ts [--against apache] [CLIENT ...]
 * tools/peers/kafka-clients.sh installs the clients first. Prints a line a step, then the matrix in Markdown. */
import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { beamtimeSteps } from './beamtime-tools.ts'
import { javaConsoleSteps, javaVerifiableSteps } from './java-console.ts'
import { kafkajsSteps } from './kafkajs.ts'
import { kcatSteps } from './kcat.ts'
import { matrixOf } from './matrix.ts'
import { platformaticSteps } from './platformatic.ts'
import { startApache, startOurs } from './server-under-test.ts'
import {
  type ClientSteps,
  codecNames,
  type CodecName,
  prefixOf,
  runSteps,
  sentValues,
  stepNames,
  type StepResult,
} from './step.ts'
import { storedBatches } from './stored-batches.ts'

const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
const venv = (name: string): string => join(cache, name, 'bin', 'python')

interface PythonClient {
  readonly client: string
  readonly python: string
  readonly script: string
}

const clients: readonly (ClientSteps | PythonClient)[] = [
  kcatSteps,
  { client: 'confluent-kafka', python: venv('kafka-clients'), script: 'confluent.py' },
  { client: 'python3-kafka (Debian)', python: '/usr/bin/python3', script: 'kafka_python.py' },
  { client: 'kafka-python', python: venv('kafka-clients'), script: 'kafka_python.py' },
  { client: 'pykafka', python: venv('pykafka'), script: 'pykafka_steps.py' },
  { client: 'bluesky-kafka', python: venv('kafka-clients'), script: 'bluesky_steps.py' },
  kafkajsSteps,
  platformaticSteps,
  javaConsoleSteps,
  javaVerifiableSteps,
  beamtimeSteps,
]

const pythonTimeoutMs = 300_000

async function runPython(
  { client, python, script }: PythonClient,
  server: string,
  tell: (result: StepResult) => void,
): Promise<void> {
  const path = join(import.meta.dirname, 'python', script)
  const child = spawn(python, [path, server, client, prefixOf(client)], {
    stdio: ['ignore', 'pipe', process.env['VERBOSE'] === undefined ? 'ignore' : 'inherit'],
    timeout: pythonTimeoutMs,
    killSignal: 'SIGKILL',
  })
  child.on('error', () => undefined) // steps that did not run are counted as failed
  let rest = ''
  for await (const chunk of child.stdout) {
    const lines = `${rest}${String(chunk)}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) tell(JSON.parse(line) as StepResult)
  }
}

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string', default: 'ours' } },
})
const target = await (options.against === 'apache' ? startApache() : startOurs())
const results: StepResult[] = []

/** A record that a client says it wrote is looked for in the files of the server. */
function checkStored(result: StepResult): StepResult {
  const codec = codecNames.find((one) => one === result.name)
  if (codec === undefined || result.outcome.kind !== 'pass') return result
  const reason = storedFault(result.client, codec)
  return reason === null ? result : { ...result, outcome: { kind: 'fail', reason } }
}

function storedFault(client: string, codec: CodecName): string | null {
  const { records, codecs } = storedBatches(target.logDirectory, `${prefixOf(client)}-${codec}`)
  if (records !== sentValues.length) return `${records} records are stored instead of ${sentValues.length}`
  // Old message formats are stored as new ones without compression, as the specification says.
  const wanted = client === 'pykafka' ? 'none' : codec
  // A small batch that compression would not make smaller is sent as it is by some.
  const isAsWanted = codecs.has(wanted) && [...codecs].every((one) => one === wanted || one === 'none')
  return isAsWanted ? null : `stored as ${[...codecs].join(' and ')}`
}

function tell(result: StepResult): void {
  const checked = checkStored(result)
  results.push(checked)
  const { client, name, outcome } = checked
  const why = outcome.kind === 'pass' ? '' : ` (${outcome.reason})`
  process.stdout.write(`${outcome.kind.padEnd(11)} ${client}: ${name}${why}\n`)
}

/** A client that did not start, or was ended because it took too long, has failed what it did not tell. */
function tellMissing(client: string): void {
  const told = results.filter((result) => result.client === client)
  const version = told[0]?.version ?? ''
  const outcome = { kind: 'fail', reason: 'the client ended before this step' } as const
  for (const name of stepNames)
    if (!told.some((result) => result.name === name)) tell({ client, version, name, outcome })
}

try {
  for (const client of clients) {
    const isWanted = wanted.length === 0 || wanted.some((word) => client.client.includes(word))
    if (!isWanted) continue
    if ('steps' in client) await runSteps(client, target.server, tell)
    else await runPython(client, target.server, tell)
    tellMissing(client.client)
  }
} finally {
  await target.close()
}
process.stdout.write(`\nAgainst ${target.name}:\n\n${matrixOf(results)}\n`)
const count = (kind: string): number => results.filter(({ outcome }) => outcome.kind === kind).length
process.stdout.write(`${count('unsupported')} not offered by the client\n`)
process.stdout.write(`${count('pass')} passed, ${count('fail')} failed\n`)
process.exit(count('fail') > 0 ? 1 : 0)
