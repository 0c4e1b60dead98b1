/* Runs real clients against a broker of this package: node conformance/run.ts [kcat] [confluent-kafka] [kill-nine] [kafkajs]
 * BEAMTIME_PEERS_PYTHON names a Python with confluent-kafka (tools/peers/kafka.sh prepares one). */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSection } from '@beamtime/service-kit'
import { brokerConfig, openBroker } from '../src/index.ts'
import { type CaseResult, runCases } from './case.ts'
import { hasKcat, kcatCases } from './kcat/cases.ts'
import { kafkajsCases } from './kafkajs/cases.ts'
import { runKillNine } from './kill-nine.ts'

const python = process.env['BEAMTIME_PEERS_PYTHON'] ?? 'python3'

async function runPython(server: string): Promise<CaseResult[]> {
  const script = join(import.meta.dirname, 'confluent-kafka', 'cases.py')
  const child = spawn(python, [script, server], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of child.stdout) text += String(chunk)
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as CaseResult)
}

/** Clients with a reason when they cannot run here. */
const clients = {
  kcat: {
    missing: () => (hasKcat() ? null : 'kcat is not installed (apt-get install kcat)'),
    run: (server: string) => runCases('kcat', kcatCases, server),
  },
  'confluent-kafka': {
    missing: () =>
      spawnSync(python, ['-c', 'import confluent_kafka']).status === 0
        ? null
        : `${python} has no confluent-kafka`,
    run: runPython,
  },
  'kill-nine': {
    missing: () =>
      spawnSync(python, ['-c', 'import confluent_kafka']).status === 0
        ? null
        : `${python} has no confluent-kafka`,
    run: () => runKillNine(python, Number(process.env['BEAMTIME_KILLS'] ?? 20)),
  },
  kafkajs: { missing: () => null, run: (server: string) => runCases('kafkajs', kafkajsCases, server) },
}

const wanted = process.argv.slice(2)
const directory = await mkdtemp(join(tmpdir(), 'bt-kafka-'))
const config = parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' })
const broker = await openBroker({ config, directory })
const server = `127.0.0.1:${broker.addresses[0]?.port}`
const counts = { pass: 0, fail: 0, unsupported: 0 }
try {
  for (const [name, client] of Object.entries(clients)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const missing = client.missing()
    const results: CaseResult[] =
      missing === null
        ? await client.run(server)
        : [{ client: name, name: 'all cases', outcome: { kind: 'fail', reason: missing } }]
    for (const { client: by, name: what, outcome } of results) {
      counts[outcome.kind]++
      process.stdout.write(
        `${outcome.kind.padEnd(11)} ${by}: ${what}${outcome.kind === 'pass' ? '' : ` (${outcome.reason})`}\n`,
      )
    }
  }
} finally {
  await broker.close()
  await rm(directory, { recursive: true, force: true })
}
if (counts.unsupported > 0) process.stdout.write(`${counts.unsupported} unsupported\n`)
process.stdout.write(`${counts.pass} passed, ${counts.fail} failed\n`)
process.exitCode = counts.fail > 0 ? 1 : 0
