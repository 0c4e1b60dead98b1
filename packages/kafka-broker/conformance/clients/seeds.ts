/* What the pages of the peers tell their users to type, on our platform: node conformance/clients/seeds.ts
 * tools/peers/kafka-seeds.sh installs what it needs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import kafkajs from 'kafkajs'
import { type Case, expectEqual, runCases } from '../case.ts'
import { linesOf, runCommand, RunningCommand } from './run-command.ts'
import { apacheScript } from './server-under-test.ts'
import { until } from './step.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
const python = (name: string): string => join(cache, name, 'bin', 'python')
const ours = (name: string): string[] => [process.execPath, join(root, 'bin', name)]
const script = (name: string): string => join(import.meta.dirname, 'python', name)

const folder = await mkdtemp(join(tmpdir(), 'bt-seeds-'))
const [http = 0, kafka = 0, registry = 0, control = 0, info = 0] = await Promise.all(
  Array.from({ length: 5 }, () => freePort()),
)
const settings = join(folder, 'beamtime.toml')
await writeFile(
  settings,
  [
    `[http]\nlisten = "127.0.0.1:${http}"`,
    `[broker]\nlisten = "127.0.0.1:${kafka}"`,
    `[registry]\nlisten = "127.0.0.1:${registry}"`,
    `[queue.main]\ncontrol = "tcp://127.0.0.1:${control}"\ninfo = "tcp://127.0.0.1:${info}"\n`,
  ].join('\n'),
)
const place = ['--config', settings, '--data', join(folder, 'data')]

async function isStable(group: string): Promise<boolean> {
  const client = new kafkajs.Kafka({ brokers: [`127.0.0.1:${kafka}`], logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([group])
    return groups[0]?.state === 'Stable'
  } finally {
    await admin.disconnect()
  }
}

const cases: readonly Case[] = [
  {
    name: "BlueskyConsumer's example prints the documents of a run",
    run: async (server) => {
      const args = [server, 'demo.bluesky.documents', 'print.document.group']
      const consumer = new RunningCommand([python('kafka-clients'), script('seed_documents.py'), ...args])
      try {
        await until('the consumer has joined', () => isStable('print.document.group'))
        await runCommand([...ours('beamtime.mjs'), 'run', 'count', 'det', 'num=5', ...place])
        const names = (): string[] => linesOf(consumer.output).map((line) => line.split(' ')[0] ?? '')
        await until('the run has ended', () => Promise.resolve(names().includes('stop')))
        const wanted = ['start', 'descriptor', ...Array.from({ length: 5 }, () => 'event'), 'stop']
        expectEqual(names(), wanted, 'documents')
      } finally {
        await consumer.stop()
      }
    },
  },
  ...[
    {
      by: "Java's",
      to: 'ours',
      producer: [apacheScript, 'tool', 'kafka-console-producer.sh'],
      consumer: ours('kafka-console-consumer.mjs'),
    },
    {
      by: 'our',
      to: "Java's",
      producer: ours('kafka-console-producer.mjs'),
      consumer: [apacheScript, 'tool', 'kafka-console-consumer.sh'],
    },
  ].map(({ by, to, producer, consumer }): Case => ({
    name: `${by} console producer to ${to} console consumer`,
    run: async (server) => {
      const topic = `quickstart-${to.replace(/\W/g, '')}`
      const at = ['--topic', topic, '--bootstrap-server', server]
      await runCommand([...producer, ...at], 'This is my first event\nThis is my second event\n')
      const { output } = await runCommand([...consumer, ...at, '--from-beginning', '--max-messages', '2'])
      expectEqual(linesOf(output), ['This is my first event', 'This is my second event'], 'events')
    },
  })),
  {
    name: "the alert simulator's session, and its README's pykafka consumer decodes every alert",
    run: async (server) => {
      await runCommand([...ours('beamtime.mjs'), 'stream', 'sample', folder, ...place])
      const simulator = [...ours('rubin-alert-sim.mjs')]
      const file = join(folder, 'rubin_single_ccd_sample.avro')
      const created = await runCommand([
        ...simulator,
        'create-stream',
        `--broker=${server}`,
        '--dst-topic=rubin_example',
        file,
      ])
      expectEqual(linesOf(created.output), ['successfully preloaded stream with 792 alerts'], 'created')
      const played = await runCommand([
        ...simulator,
        '--verbose',
        'play-stream',
        `--broker=${server}`,
        '--src-topic=rubin_example',
        '--dst-topic=rubin_example_stream',
      ])
      const told = /INFO:rubin-alert-sim\.play:sent 792 alerts in \d+\.\d\ds \(\d+\.\d\d\/s\)/
      expectEqual(told.test(played.errors + played.output), true, `told ${played.errors}`)
      const consumer = [python('pykafka'), script('seed_alerts.py'), server, 'rubin_example_stream']
      const ids = linesOf((await runCommand(consumer)).output)
      expectEqual(ids.length, 792, 'alerts')
      expectEqual(new Set(ids).size, 792, 'different alerts')
    },
  },
]

const platform = new RunningCommand([...ours('beamtime.mjs'), 'up', ...place])
let failed = 0
try {
  await until('the platform is ready', async () => {
    const answer = await fetch(`http://127.0.0.1:${http}/readyz`).catch(() => null)
    return answer?.ok === true
  })
  const results = await runCases('seeds', cases, `127.0.0.1:${kafka}`)
  for (const { name, outcome } of results) {
    const why = outcome.kind === 'pass' ? '' : ` (${outcome.reason})`
    process.stdout.write(`${outcome.kind.padEnd(5)} ${name}${why}\n`)
  }
  failed = results.filter(({ outcome }) => outcome.kind !== 'pass').length
} finally {
  await platform.stop()
  await rm(folder, { recursive: true, force: true })
}
process.stdout.write(`${cases.length - failed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
