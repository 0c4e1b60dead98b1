import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectEqual } from '../case.ts'
import { linesOf, runCommand, RunningCommand } from './run-command.ts'
import { type ClientSteps, type CodecName, codecNames, sentValues, type StepPlace, until } from './step.ts'

/* Our own kafka-topics.sh, kafka-console-producer.sh and kafka-console-consumer.sh, which have to work with any server too. */

const root = join(import.meta.dirname, '..', '..', '..', '..')

const command = (place: StepPlace, name: string, line: string): string[] => [
  process.execPath,
  join(root, 'bin', `kafka-${name}.mjs`),
  '--bootstrap-server',
  place.server,
  ...line.split(' '),
]

async function tool(place: StepPlace, name: string, line: string): Promise<string[]> {
  return linesOf((await runCommand(command(place, name, line))).output)
}

async function produce(place: StepPlace, line: string, values: readonly string[]): Promise<void> {
  await runCommand(command(place, 'console-producer', line), `${values.join('\n')}\n`)
}

const read = (place: StepPlace, line: string): Promise<string[]> =>
  tool(place, 'console-consumer', `--timeout-ms 20000 ${line}`)

function produceCodec(codec: CodecName) {
  return (place: StepPlace): Promise<void> =>
    produce(place, `--topic ${place.named(codec)} --compression-codec ${codec} --timeout 20`, sentValues)
}

/** Which of two members prints a record of each partition tells who holds it. */
async function rebalance(place: StepPlace): Promise<void> {
  const topic = place.named('shared')
  await tool(place, 'topics', `--create --topic ${topic} --partitions 4`)
  const line = `--topic ${topic} --group ${topic}-group --from-beginning --property print.partition=true`
  const members = [1, 2].map(() => new RunningCommand(command(place, 'console-consumer', line)))
  const told = (member: RunningCommand | undefined, after: string): Set<string> =>
    new Set(
      linesOf(member?.output ?? '')
        .filter((one) => one.endsWith(after))
        .map((one) => one.split('\t')[0] ?? ''),
    )
  let round = 0
  /** Sends to each partition until `held` is what the members print. */
  const reach = async (what: string, isSo: (counts: number[]) => boolean): Promise<void> => {
    await until(what, async () => {
      const mark = `round ${round++}`
      await produce(
        place,
        `--topic ${topic}`,
        [1, 2, 3, 4].map((n) => `${n} ${mark}`),
      )
      await until('the records are read', () =>
        Promise.resolve(members.reduce((sum, member) => sum + told(member, mark).size, 0) >= 4),
      )
      return isSo(members.map((member) => told(member, mark).size))
    })
  }
  try {
    await reach('two partitions each', (counts) => counts.join() === '2,2')
    await members[0]?.stop()
    await reach('four partitions for one', ([, second]) => second === 4)
  } finally {
    await Promise.all(members.map((member) => member.stop()))
  }
}

export const beamtimeSteps: ClientSteps = {
  client: 'our kafka-*.sh',
  version: () => {
    const text = readFileSync(join(root, 'packages', 'cli', 'package.json'), 'utf8')
    return Promise.resolve((JSON.parse(text) as { version: string }).version)
  },
  unsupported: { 'seek time': 'no such option, as in Java' },
  steps: {
    none: produceCodec('none'),
    gzip: produceCodec('gzip'),
    snappy: produceCodec('snappy'),
    lz4: produceCodec('lz4'),
    zstd: produceCodec('zstd'),
    create: async (place) => {
      const topic = place.named('created')
      const line = `--create --topic ${topic} --partitions 3 --config retention.ms=86400000`
      expectEqual(await tool(place, 'topics', line), [`Created topic ${topic}.`], 'answer')
    },
    list: async (place) => {
      const topic = place.named('created')
      await until('listed', async () => (await tool(place, 'topics', '--list')).includes(topic))
      const [head = ''] = await tool(place, 'topics', `--describe --topic ${topic}`)
      expectEqual(/PartitionCount: 3\t.*retention\.ms=86400000/.test(head), true, `described as ${head}`)
    },
    consume: async (place) => {
      for (const codec of codecNames) {
        const line = `--topic ${place.named(codec)} --from-beginning --max-messages ${sentValues.length}`
        expectEqual(await read(place, line), sentValues, codec)
      }
    },
    group: async (place) => {
      const topic = place.named('grouped')
      const line = `--topic ${topic} --from-beginning --group ${topic}-group --max-messages`
      await produce(place, `--topic ${topic}`, ['one', 'two'])
      expectEqual(await read(place, `${line} 2`), ['one', 'two'], 'first time')
      await produce(place, `--topic ${topic}`, ['three'])
      expectEqual(await read(place, `${line} 1`), ['three'], 'second time')
    },
    rebalance,
    'seek offset': async (place) => {
      const topic = place.named('seek-offset')
      await produce(place, `--topic ${topic}`, ['0', '1', '2', '3', '4'])
      const line = `--topic ${topic} --partition 0 --offset 3 --max-messages 2`
      expectEqual(await read(place, line), ['3', '4'], 'from offset 3')
    },
    delete: async (place) => {
      const topic = place.named('created')
      await tool(place, 'topics', `--delete --topic ${topic}`)
      await until('not listed', async () => !(await tool(place, 'topics', '--list')).includes(topic))
    },
  },
}
