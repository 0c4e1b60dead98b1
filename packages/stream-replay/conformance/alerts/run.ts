/* The alert simulator's session and the stream commands against real consumers, on the embedded broker and on Apache Kafka:
 * node conformance/alerts/run.ts [embedded] [apache]. tools/peers/replay.sh installs what it needs. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { freePort } from '@beamtime/service-kit/testing'
import { apacheScript, outputOf, pythonSays, root, run, sameAs } from './program.part.ts'

interface Server {
  readonly name: 'embedded' | 'apache'
  readonly address: string
  readonly folder: string
  close(): Promise<void>
}

interface Step {
  readonly name: string
  /** Why a server cannot do it. */
  readonly unsupported?: Partial<Record<Server['name'], string>>
  readonly run: (server: Server) => Promise<void>
}

interface Consumed {
  readonly count: number
  readonly unique: number
  readonly first: number
  readonly digest: string
  readonly meanBytes: number
}

const simulator = (...args: readonly string[]): string[] => [
  process.execPath,
  join(root, 'bin/rubin-alert-sim.mjs'),
  ...args,
]
const beamtime = (...args: readonly string[]): string[] => [
  process.execPath,
  join(root, 'bin/beamtime.mjs'),
  ...args,
]

/** A stream command at the server, in its folder. */
async function stream({ address, folder }: Server, ...args: readonly string[]): Promise<string> {
  return await outputOf(beamtime('stream', ...args, '--bootstrap', address), folder)
}

/** Of everything in a source: keys, values, headers, times, partitions. */
async function digestOf({ address, folder }: Server, source: string): Promise<string> {
  const [program = '', ...args] = beamtime('stream', 'cat', source, '--format', 'raw', '--bootstrap', address)
  const line = `set -o pipefail; "$0" "$@" | sha256sum`
  return (await outputOf(['bash', '-c', line, program, ...args], folder)).slice(0, 64)
}

async function consumedBy(server: Server, client: string): Promise<void> {
  const found = await pythonSays<Consumed>('consume', server.address, 'rubin_example_stream', '792', client)
  sameAs([found.count, found.unique], [792, 792], 'alerts')
  sameAs(Math.abs(found.meanBytes - 82_000) < 1_000, true, `bytes of an alert (${found.meanBytes})`)
  const stored = await pythonSays<Consumed>(
    'consume',
    server.address,
    'rubin_example',
    '792',
    'confluent-kafka',
  )
  sameAs(found.digest, stored.digest, 'bytes of the live stream and of the reservoir')
}

const steps: readonly Step[] = [
  {
    name: 'the session of the README, to the letter',
    run: async ({ address, folder }) => {
      await outputOf(beamtime('stream', 'sample', 'data'), folder)
      const file = 'data/rubin_single_ccd_sample.avro'
      const created = await outputOf(
        simulator('create-stream', '-B', address, '--dst-topic=rubin_example', file),
        folder,
      )
      sameAs(created, 'successfully preloaded stream with 792 alerts\n', 'create-stream')
      const live = ['--src-topic=rubin_example', '--dst-topic=rubin_example_stream']
      const played = await run(simulator('--verbose', 'play-stream', '-B', address, ...live), folder)
      sameAs(
        /^INFO:rubin-alert-sim\.play:sent 792 alerts in \d+\.\d\ds \(\d+\.\d\d\/s\)\n$/.test(played.stderr),
        true,
        played.stderr,
      )
      const again = await run(
        simulator('create-stream', '-B', address, '--dst-topic=rubin_example', file),
        folder,
      )
      const text =
        'KafkaException: KafkaError{code=TOPIC_ALREADY_EXISTS,val=36,str="Topic \'rubin_example\' already exists."}\n'
      sameAs([again.code, again.stderr], [1, text], 'an existing topic')
    },
  },
  {
    name: 'pykafka with fetch_message_max_bytes=10000000 and the real deserialize_alert read every alert',
    unsupported: { apache: 'Apache Kafka 4 has dropped the message formats that pykafka reads' },
    run: (server) => consumedBy(server, 'pykafka'),
  },
  {
    name: 'confluent-kafka and the real deserialize_alert read every alert',
    run: (server) => consumedBy(server, 'confluent-kafka'),
  },
  {
    name: 'the samples of every schema version of lsst.alert.packet go through and decode with it',
    run: async (server) => {
      const versions = await pythonSays<{ major: number; minor: number; path: string }[]>('versions')
      sameAs(versions.length > 8, true, `versions (${versions.length})`)
      for (const { major, minor, path } of versions) {
        const topics = [`v${major}.${minor}`, `live${major}.${minor}`]
        const created = await outputOf(
          simulator('create-stream', '-B', server.address, `--dst-topic=${topics[0]}`, path),
          server.folder,
        )
        sameAs(created, 'successfully preloaded stream with 1 alerts\n', path)
        await outputOf(
          simulator(
            'play-stream',
            '-B',
            server.address,
            `--src-topic=${topics[0]}`,
            `--dst-topic=${topics[1]}`,
          ),
          server.folder,
        )
        const { id, keys } = await pythonSays<{ id: unknown; keys: string[] }>(
          'decode',
          server.address,
          topics[1] ?? '',
          String(major),
          String(minor),
        )
        sameAs(keys.includes('diaSource') && id !== null, true, `alert of ${major}.${minor}`)
        const line = await stream(server, 'print', `topic:${topics[1]}`)
        sameAs(
          / {2}id=\d+ {2}len\(history\)=\d+ {2}size=\d+\n$/.test(line),
          true,
          `line of ${major}.${minor}: ${line}`,
        )
      }
    },
  },
  {
    name: 'a container that is exported is one for fastavro, with the codec and ids of the file that came in',
    run: async (server) => {
      await stream(server, 'import', 'data/rubin_sample.avro', '-o', 'visits', '--topic', 'visits')
      await stream(server, 'export', 'visits', '-o', 'out.avro', '--format', 'avro')
      const [before, after] = [
        await pythonSays('read', join(server.folder, 'data/rubin_sample.avro')),
        await pythonSays('read', join(server.folder, 'out.avro')),
      ]
      sameAs(after, before, 'containers')
    },
  },
  {
    name: 'a recording verifies, plays back the same, and is cut',
    run: async (server) => {
      await stream(server, 'play', 'visits', '--create', '--asap')
      await stream(server, 'record', 'visits', '--from', 'earliest', '--to', 'end', '-o', 'taken')
      const verified = await stream(server, 'verify', 'taken')
      sameAs(verified.startsWith('sound: 300 messages'), true, verified)
      await stream(server, 'play', 'taken', '--create', '--asap', '--prefix', 'again.')
      sameAs(await digestOf(server, 'topic:again.visits'), await digestOf(server, 'visits'), 'messages')
      sameAs(
        (await stream(server, 'cut', 'taken', '-o', 'part', '--start', '#100', '--stop', '#200')).startsWith(
          '100 messages',
        ),
        true,
        'cut',
      )
      sameAs((await stream(server, 'info', 'part', '--json')).includes('"messages":100'), true, 'info')
    },
  },
  {
    name: 'topic:NAME is created, played at another speed with its times moved, printed and refused where it must be',
    run: async (server) => {
      const created = await stream(
        server,
        'create',
        'data/rubin_sample.avro',
        '--topic',
        'reservoir',
        '--force',
      )
      sameAs(created, 'successfully preloaded stream with 300 messages\n', 'create')
      const played = await stream(
        server,
        'play',
        'topic:reservoir',
        '--topic-map',
        'reservoir=fast',
        '--create',
        '--speed',
        '200',
        '--shift',
        'now',
        '--json',
      )
      sameAs((JSON.parse(played) as { acked: number }).acked, 300, 'acknowledged')
      const lines = (await stream(server, 'print', 'topic:fast', '--limit', '5')).trim().split('\n')
      sameAs(lines.length, 5, 'lines')
      const refused = await run(
        beamtime('stream', 'play', 'topic:fast', '--asap', '--bootstrap', server.address),
        server.folder,
      )
      sameAs(refused.code, 4, 'exit code of a play into its own source')
      const existing = await run(
        beamtime('stream', 'play', 'visits', '--create', '--bootstrap', server.address),
        server.folder,
      )
      sameAs(existing.code, 1, 'exit code of a topic that exists')
    },
  },
  {
    name: "the segments of a recording are Kafka's: kafka-dump-log finds every batch valid",
    run: async ({ folder }) => {
      const segments = join(folder, 'beamtime-data/recordings/taken.strec/visits/0')
      const logs = (await readdir(segments)).filter((name) => name.endsWith('.log'))
      let records = 0
      for (const name of logs) {
        const text = await outputOf([
          apacheScript,
          'tool',
          'kafka-dump-log.sh',
          '--files',
          join(segments, name),
        ])
        const batches = text.split('\n').filter((line) => line.startsWith('baseOffset:'))
        for (const batch of batches) {
          sameAs(/isvalid: true/.test(batch), true, batch)
          records += Number(/ count: (\d+)/.exec(batch)?.[1])
        }
      }
      sameAs(records, 300, 'records in the segments')
    },
  },
  {
    name: 'a recording that is served is a topic for confluent-kafka',
    run: async (server) => {
      const port = await freePort()
      const { spawn } = await import('node:child_process')
      const args = beamtime(
        'stream',
        'serve',
        'taken',
        '--as',
        'shown',
        '--listen',
        `127.0.0.1:${port}`,
      ).slice(1)
      const child = spawn(process.execPath, args, {
        cwd: server.folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      try {
        await new Promise<void>((resolve, reject) => {
          child.stdout.on('data', (text: Buffer) => text.toString().includes('serving on') && resolve())
          child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
        })
        // Imported alerts carry the id of their schema: the real deserialize_alert asserts 0, so fastavro's reader stands in.
        const counted = await outputOf(
          beamtime('stream', 'print', 'topic:shown', '--bootstrap', `127.0.0.1:${port}`),
          server.folder,
        )
        sameAs(counted.trim().split('\n').length, 300, 'alerts of the mounted topic')
      } finally {
        child.kill('SIGINT')
      }
    },
  },
]

async function embedded(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-replay-embedded-'))
  const config = parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' })
  const broker = await openBroker({ config, directory: join(folder, 'broker') })
  return {
    name: 'embedded',
    address: `127.0.0.1:${broker.addresses[0]?.port}`,
    folder,
    async close() {
      await broker.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function apache(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-replay-apache-'))
  const port = await freePort()
  // The started server keeps the pipes of its script open, so that its output goes to nowhere.
  await outputOf([
    'bash',
    '-c',
    `"${apacheScript}" start ${port} "${folder}/kafka" >"${folder}/start.log" 2>&1`,
  ])
  return {
    name: 'apache',
    address: `127.0.0.1:${port}`,
    folder,
    async close() {
      await run([apacheScript, 'stop', `${folder}/kafka`])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const wanted = process.argv.slice(2)
const counts = { passed: 0, failed: 0, unsupported: 0 }
for (const open of [embedded, apache]) {
  if (wanted.length > 0 && !wanted.includes(open.name)) continue
  const server = await open()
  try {
    for (const { name, unsupported, run: runStep } of steps) {
      const why = unsupported?.[server.name]
      if (why !== undefined) {
        counts.unsupported++
        console.log(`- ${server.name}: ${name} (unsupported: ${why})`)
        continue
      }
      try {
        await runStep(server)
        counts.passed++
        console.log(`ok ${server.name}: ${name}`)
      } catch (error) {
        counts.failed++
        console.log(
          `FAILED ${server.name}: ${name}\n   ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  } finally {
    await server.close()
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.unsupported} unsupported`)
process.exitCode = counts.failed === 0 ? 0 : 1
