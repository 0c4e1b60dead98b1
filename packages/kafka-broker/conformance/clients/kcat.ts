import { expectEqual } from '../case.ts'
import { linesOf, runCommand, RunningCommand } from './run-command.ts'
import { type ClientSteps, type CodecName, codecNames, sentValues, type StepPlace, until } from './step.ts'

async function kcat(place: StepPlace, args: readonly string[], input = ''): Promise<string> {
  return (await runCommand(['kcat', '-b', place.server, '-m', '10', ...args], input)).output
}

const read = async (place: StepPlace, topic: string, ...args: string[]): Promise<string[]> =>
  linesOf(await kcat(place, ['-C', '-t', topic, '-e', '-q', ...args]))

function produce(codec: CodecName) {
  return async (place: StepPlace): Promise<void> => {
    const args = ['-P', '-t', place.named(codec), '-z', codec, '-X', 'linger.ms=50']
    await kcat(place, args, `${sentValues.join('\n')}\n`)
  }
}

/** Partitions that a member of a group says it was given last. */
function assigned(errors: string): number {
  const last = errors.split('\n').findLast((line) => line.includes('rebalanced'))
  if (last === undefined || !last.includes('assigned:')) return 0
  return [...last.matchAll(/\[\d+\]/g)].length
}

export const kcatSteps: ClientSteps = {
  client: 'kcat (Debian)',
  version: async () => {
    const { output } = await runCommand(['kcat', '-V'])
    const [, own = '', library = ''] = /Version (\S+) .*librdkafka (\S+)/.exec(output) ?? []
    return `${own}, librdkafka ${library.replace(/[^0-9.].*$/, '')}`
  },
  unsupported: { create: 'no such command', delete: 'no such command' },
  steps: {
    none: produce('none'),
    gzip: produce('gzip'),
    snappy: produce('snappy'),
    lz4: produce('lz4'),
    zstd: produce('zstd'),
    list: async (place) => {
      const topic = place.named('listed')
      await kcat(place, ['-P', '-t', topic], 'a\n')
      const listing = JSON.parse(await kcat(place, ['-L', '-J'])) as {
        brokers: { name: string }[]
        topics: { topic: string }[]
      }
      expectEqual(
        listing.brokers.map((broker) => broker.name),
        [place.server],
        'brokers',
      )
      expectEqual(
        listing.topics.some((one) => one.topic === topic),
        true,
        'listed',
      )
    },
    consume: async (place) => {
      for (const codec of codecNames)
        expectEqual(await read(place, place.named(codec), '-o', 'beginning'), sentValues, codec)
    },
    group: async (place) => {
      const topic = place.named('grouped')
      const group = ['-G', `${topic}-group`, '-q', '-X', 'auto.offset.reset=earliest', '-e', topic]
      await kcat(place, ['-P', '-t', topic], 'one\ntwo\n')
      expectEqual(linesOf(await kcat(place, group)), ['one', 'two'], 'first time')
      await kcat(place, ['-P', '-t', topic], 'three\n')
      expectEqual(linesOf(await kcat(place, group)), ['three'], 'second time')
    },
    rebalance: async (place) => {
      // One partition: the second member gets it when the first leaves.
      const topic = place.named('shared')
      await kcat(place, ['-P', '-t', topic], 'one\n')
      const member = (): RunningCommand =>
        new RunningCommand(['kcat', '-b', place.server, '-G', `${topic}-group`, topic])
      const [first, second] = [member(), member()]
      try {
        const held = (): number[] => [assigned(first.errors), assigned(second.errors)]
        const isJoined = (one: RunningCommand): boolean => one.errors.includes('rebalanced')
        await until('both joined, one has the partition', () =>
          Promise.resolve(isJoined(first) && isJoined(second) && held().includes(0) && held().includes(1)),
        )
        const [owner, other] = assigned(first.errors) === 1 ? [first, second] : [second, first]
        await owner.stop()
        await until('the other has it', () => Promise.resolve(assigned(other.errors) === 1))
      } finally {
        await Promise.all([first.stop(), second.stop()])
      }
    },
    'seek offset': async (place) => {
      const topic = place.named('seek-offset')
      await kcat(place, ['-P', '-t', topic], '0\n1\n2\n3\n4\n')
      expectEqual(await read(place, topic, '-o', '3'), ['3', '4'], 'from offset 3')
      expectEqual(await read(place, topic, '-o', '-2'), ['3', '4'], 'the last two')
    },
    'seek time': async (place) => {
      const topic = place.named('seek-time')
      await kcat(place, ['-P', '-t', topic], '0\n1\n2\n')
      const [, , third] = await read(place, topic, '-f', '%T\n')
      await new Promise((resolve) => setTimeout(resolve, 5))
      await kcat(place, ['-P', '-t', topic], '3\n4\n')
      expectEqual(await read(place, topic, '-o', `s@${Number(third) + 1}`), ['3', '4'], 'from a time')
      const query = linesOf(await kcat(place, ['-Q', '-t', `${topic}:0:${Number(third) + 1}`]))
      expectEqual(query, [`${topic} [0] offset 3`], 'query')
    },
  },
}
