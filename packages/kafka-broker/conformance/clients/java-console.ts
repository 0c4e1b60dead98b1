import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectEqual } from '../case.ts'
import { linesOf, runCommand, RunningCommand } from './run-command.ts'
import { apacheScript } from './server-under-test.ts'
import { type ClientSteps, type CodecName, codecNames, sentValues, type StepPlace, until } from './step.ts'

/* Java's console tools: kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups. */

const command = (place: StepPlace, name: string, args: readonly string[]): string[] => [
  apacheScript,
  'tool',
  `kafka-${name}.sh`,
  '--bootstrap-server',
  place.server,
  ...args,
]

async function tool(place: StepPlace, args: readonly [string, ...string[]], input = ''): Promise<string[]> {
  const [name, ...rest] = args
  return linesOf((await runCommand(command(place, name, rest), input)).output)
}

const apacheVersion = async (): Promise<string> => (await runCommand([apacheScript, 'version'])).output.trim()

const topics = (place: StepPlace, ...args: string[]): Promise<string[]> => tool(place, ['topics', ...args])

const produceLines = (place: StepPlace, topic: string, lines: readonly string[]): Promise<string[]> =>
  tool(place, ['console-producer', '--topic', topic], `${lines.join('\n')}\n`)

function read(place: StepPlace, topic: string, ...args: string[]): Promise<string[]> {
  return tool(place, ['console-consumer', '--topic', topic, '--timeout-ms', '20000', ...args])
}

function produce(codec: CodecName) {
  return async (place: StepPlace): Promise<void> => {
    const args = ['--topic', place.named(codec), '--compression-codec', codec] as const
    await tool(place, ['console-producer', ...args], `${sentValues.join('\n')}\n`)
  }
}

async function rebalance(place: StepPlace): Promise<void> {
  const topic = place.named('shared')
  const group = `${topic}-group`
  await topics(place, '--create', '--topic', topic, '--partitions', '4')
  const args = ['--topic', topic, '--group', group]
  const members = [1, 2].map(() => new RunningCommand(command(place, 'console-consumer', args)))
  const held = async (): Promise<string> => {
    try {
      const table = await tool(place, ['consumer-groups', '--describe', '--group', group, '--members'])
      const rows = table.map((line) => line.trim().split(/\s+/)).filter(([name]) => name === group)
      return rows.map((row) => row[4]).join()
    } catch {
      return '' // no such group yet
    }
  }
  try {
    await until('two partitions each', async () => (await held()) === '2,2')
    await members[0]?.stop()
    await until('four partitions for one', async () => (await held()) === '4')
  } finally {
    await Promise.all(members.map((member) => member.stop()))
  }
}

export const javaConsoleSteps: ClientSteps = {
  client: 'Java console tools',
  version: apacheVersion,
  unsupported: {},
  steps: {
    none: produce('none'),
    gzip: produce('gzip'),
    snappy: produce('snappy'),
    lz4: produce('lz4'),
    zstd: produce('zstd'),
    create: async (place) => {
      const topic = place.named('created')
      const args = ['--create', '--topic', topic, '--partitions', '3', '--config', 'retention.ms=86400000']
      expectEqual(await topics(place, ...args), [`Created topic ${topic}.`], 'answer')
    },
    list: async (place) => {
      const topic = place.named('created')
      expectEqual((await topics(place, '--list')).includes(topic), true, 'listed')
      const [head = ''] = await topics(place, '--describe', '--topic', topic)
      expectEqual(/PartitionCount: 3\t.*retention\.ms=86400000/.test(head), true, `described as ${head}`)
    },
    consume: async (place) => {
      const most = ['--from-beginning', '--max-messages', String(sentValues.length)]
      for (const codec of codecNames)
        expectEqual(await read(place, place.named(codec), ...most), sentValues, codec)
    },
    group: async (place) => {
      const topic = place.named('grouped')
      const args = ['--from-beginning', '--group', `${topic}-group`, '--max-messages']
      await produceLines(place, topic, ['one', 'two'])
      expectEqual(await read(place, topic, ...args, '2'), ['one', 'two'], 'first time')
      await produceLines(place, topic, ['three'])
      expectEqual(await read(place, topic, ...args, '1'), ['three'], 'second time')
    },
    rebalance,
    'seek offset': async (place) => {
      const topic = place.named('seek-offset')
      await produceLines(place, topic, ['0', '1', '2', '3', '4'])
      const args = ['--partition', '0', '--offset', '3', '--max-messages', '2']
      expectEqual(await read(place, topic, ...args), ['3', '4'], 'from offset 3')
    },
    'seek time': async (place) => {
      const topic = place.named('seek-time')
      const group = `${topic}-group`
      await produceLines(place, topic, ['0', '1', '2'])
      await new Promise((resolve) => setTimeout(resolve, 5))
      const when = new Date().toISOString().replace('Z', '')
      await new Promise((resolve) => setTimeout(resolve, 5))
      await produceLines(place, topic, ['3', '4'])
      const reset = [
        '--reset-offsets',
        '--group',
        group,
        '--topic',
        topic,
        '--to-datetime',
        when,
        '--execute',
      ]
      await tool(place, ['consumer-groups', ...reset])
      const args = ['--group', group, '--max-messages', '2']
      expectEqual(await read(place, topic, ...args), ['3', '4'], 'from a time')
    },
    delete: async (place) => {
      const topic = place.named('created')
      await topics(place, '--delete', '--topic', topic)
      await until('not listed', async () => !(await topics(place, '--list')).includes(topic))
    },
  },
}

interface ToolEvent {
  readonly name: string
  readonly sent?: number
  readonly acked?: number
  readonly count?: number
  readonly partitions?: readonly unknown[]
}

const eventsOf = (text: string): ToolEvent[] =>
  linesOf(text)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ToolEvent)

async function verifiableProduce(place: StepPlace, codec: CodecName): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-verifiable-'))
  const config = join(folder, 'producer.properties')
  await writeFile(config, `compression.type=${codec}\nlinger.ms=20\n`)
  try {
    const args = ['--topic', place.named(codec), '--max-messages', String(sentValues.length)]
    const lines = await tool(place, ['verifiable-producer', ...args, '--command-config', config])
    const total = eventsOf(lines.join('\n')).find((event) => event.name === 'tool_data')
    expectEqual([total?.sent, total?.acked], [sentValues.length, sentValues.length], 'sent and acknowledged')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const member = (place: StepPlace, topic: string): RunningCommand =>
  new RunningCommand(
    command(
      place,
      'verifiable-consumer',
      `--topic ${topic} --group-id ${topic}-group --reset-policy earliest --session-timeout 10000`.split(' '),
    ),
  )

const assignedCount = ({ output }: RunningCommand): number =>
  eventsOf(output).findLast((event) => event.name === 'partitions_assigned')?.partitions?.length ?? 0

async function verifiableRebalance(place: StepPlace): Promise<void> {
  const topic = place.named('shared')
  await topics(place, '--create', '--topic', topic, '--partitions', '4')
  const first = member(place, topic)
  const second = member(place, topic)
  try {
    await until('two partitions each', () =>
      Promise.resolve(assignedCount(first) === 2 && assignedCount(second) === 2),
    )
    await first.stop()
    await until('four partitions for one', () => Promise.resolve(assignedCount(second) === 4))
  } finally {
    await Promise.all([first.stop(), second.stop()])
  }
}

const notItsJob = 'no such option'

export const javaVerifiableSteps: ClientSteps = {
  client: 'Java verifiable tools',
  version: apacheVersion,
  unsupported: {
    create: notItsJob,
    list: notItsJob,
    'seek offset': notItsJob,
    'seek time': notItsJob,
    delete: notItsJob,
  },
  steps: {
    none: (place) => verifiableProduce(place, 'none'),
    gzip: (place) => verifiableProduce(place, 'gzip'),
    snappy: (place) => verifiableProduce(place, 'snappy'),
    lz4: (place) => verifiableProduce(place, 'lz4'),
    zstd: (place) => verifiableProduce(place, 'zstd'),
    consume: async (place) => {
      const reader = member(place, place.named('zstd'))
      const read = (): number =>
        eventsOf(reader.output)
          .filter((event) => event.name === 'records_consumed')
          .reduce((sum, event) => sum + (event.count ?? 0), 0)
      try {
        await until('all records read', () => Promise.resolve(read() >= sentValues.length))
        expectEqual(read(), sentValues.length, 'records')
      } finally {
        await reader.stop()
      }
    },
    group: async (place) => {
      const topic = place.named('gzip')
      const reader = member(place, topic)
      try {
        await until('offsets committed', () =>
          Promise.resolve(eventsOf(reader.output).some((event) => event.name === 'offsets_committed')),
        )
      } finally {
        await reader.stop()
      }
      const table = await tool(place, ['consumer-groups', '--describe', '--group', `${topic}-group`])
      const row = table.map((line) => line.trim().split(/\s+/)).find(([, name]) => name === topic)
      expectEqual(row?.slice(3, 6), ['300', '300', '0'], 'committed, end and lag')
    },
    rebalance: verifiableRebalance,
  },
}
