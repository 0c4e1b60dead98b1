import { spawn, spawnSync } from 'node:child_process'
import { type Case, expectEqual } from '../case.ts'

const program = 'kcat'

/** Debian's kcat 1.7.1 on librdkafka 2.0.2. */
export function hasKcat(): boolean {
  return spawnSync(program, ['-V']).status === 0
}

/** Standard output of {@link kcatStreams}. */
async function kcat(server: string, args: readonly string[], input = ''): Promise<string> {
  return (await kcatStreams(server, args, input)).output
}

/** Runs kcat to its end, at most 60 s. Rejects when it fails. */
function kcatStreams(
  server: string,
  args: readonly string[],
  input: string,
): Promise<{ output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-b', server, '-m', '10', ...args], { timeout: 60_000 })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve({ output, errors }) : reject(new Error(`kcat ended with ${code}: ${errors}`)),
    )
    child.stdin.end(input)
  })
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

export const kcatCases: readonly Case[] = [
  {
    name: 'lists broker and topics',
    run: async (server) => {
      await kcat(server, ['-P', '-t', 'kcat-list'], 'a\n')
      const listing = JSON.parse(await kcat(server, ['-L', '-J'])) as {
        brokers: { name: string }[]
        topics: { topic: string; partitions: unknown[] }[]
      }
      expectEqual(
        listing.brokers.map((broker) => broker.name),
        [server],
        'brokers',
      )
      const topic = listing.topics.find((one) => one.topic === 'kcat-list')
      expectEqual(topic?.partitions.length, 1, 'partitions')
    },
  },
  ...codecs.map((codec) => ({
    name: `produces with ${codec} and reads the same bytes back`,
    run: async (server: string) => {
      const topic = `kcat-${codec}`
      const sent = Array.from({ length: 500 }, (_, i) => `key-${i}:value-${i}-${'x'.repeat(i)}`)
      await kcat(
        server,
        ['-P', '-t', topic, '-K:', '-z', codec, '-X', 'linger.ms=50'],
        `${sent.join('\n')}\n`,
      )
      const read = lines(await kcat(server, ['-C', '-t', topic, '-K:', '-e', '-q', '-o', 'beginning']))
      expectEqual(read, sent, 'records')
    },
  })),
  {
    name: 'compresses what it sends',
    run: async (server) => {
      // librdkafka before 2.11.1 sends plain bytes, without a word, to a broker that does not offer Produce 0.
      const compress = ['-P', '-t', 'kcat-ratio', '-z', 'zstd', '-X', 'debug=msg']
      const { errors } = await kcatStreams(server, compress, `${'y'.repeat(100_000)}\n`)
      const read = await kcat(server, ['-C', '-t', 'kcat-ratio', '-e', '-q', '-o', 'beginning', '-f', '%S\n'])
      expectEqual(lines(read), ['100000'], 'length')
      if (!/MessageSet with 1 message\(s\) \((\d{1,4}) bytes/.test(errors)) {
        throw new Error(`not compressed: ${lines(errors).find((line) => line.includes('MessageSet'))}`)
      }
    },
  },
  {
    name: 'keeps keys, headers, null values and timestamps',
    run: async (server) => {
      await kcat(
        server,
        ['-P', '-t', 'kcat-parts', '-K:', '-Z', '-H', 'a=1', '-H', 'a=2', '-H', 'b=3'],
        'k:\n',
      )
      const record = JSON.parse(await kcat(server, ['-C', '-J', '-t', 'kcat-parts', '-e', '-q'])) as Record<
        string,
        unknown
      >
      expectEqual(record['key'], 'k', 'key')
      expectEqual(record['payload'], null, 'value')
      expectEqual(record['headers'], ['a', '1', 'a', '2', 'b', '3'], 'headers')
      expectEqual(record['tstype'], 'create', 'timestamp type')
    },
  },
  {
    name: 'seeks to an offset, from the end and by time',
    run: async (server) => {
      await kcat(server, ['-P', '-t', 'kcat-seek'], '0\n1\n2\n')
      const [, , third] = lines(await kcat(server, ['-C', '-t', 'kcat-seek', '-e', '-q', '-f', '%T\n']))
      await new Promise((resolve) => setTimeout(resolve, 5))
      await kcat(server, ['-P', '-t', 'kcat-seek'], '3\n4\n')
      const from = (...args: string[]): Promise<string> =>
        kcat(server, ['-C', '-t', 'kcat-seek', '-e', '-q', ...args])
      expectEqual(lines(await from('-o', '3')), ['3', '4'], 'offset')
      expectEqual(lines(await from('-o', '-2')), ['3', '4'], 'from the end')
      expectEqual(lines(await from('-o', `s@${Number(third) + 1}`)), ['3', '4'], 'time')
      expectEqual(
        lines(await kcat(server, ['-Q', '-t', `kcat-seek:0:${Number(third) + 1}`])),
        ['kcat-seek [0] offset 3'],
        'query',
      )
    },
  },
  {
    name: 'consumes in a group and goes on where it stopped',
    run: async (server) => {
      const group = ['-G', 'kcat-group', '-q', '-X', 'auto.offset.reset=earliest', '-e']
      await kcat(server, ['-P', '-t', 'kcat-grouped'], 'one\ntwo\n')
      expectEqual(lines(await kcat(server, [...group, 'kcat-grouped'])), ['one', 'two'], 'first time')
      await kcat(server, ['-P', '-t', 'kcat-grouped'], 'three\n')
      expectEqual(lines(await kcat(server, [...group, 'kcat-grouped'])), ['three'], 'second time')
    },
  },
  {
    name: 'produces idempotently',
    run: async (server) => {
      const sent = Array.from({ length: 2_000 }, (_, i) => String(i))
      await kcat(
        server,
        ['-P', '-t', 'kcat-idem', '-X', 'enable.idempotence=true', '-X', 'batch.num.messages=50'],
        `${sent.join('\n')}\n`,
      )
      expectEqual(lines(await kcat(server, ['-C', '-t', 'kcat-idem', '-e', '-q'])), sent, 'records')
    },
  },
  {
    name: 'sends one record of 20 MB',
    run: async (server) => {
      const size = 20_000_000
      await kcat(
        server,
        ['-P', '-t', 'kcat-large', '-D', '|', '-X', 'message.max.bytes=30000000'],
        'z'.repeat(size),
      )
      const read = await kcat(server, [
        '-C',
        '-t',
        'kcat-large',
        '-e',
        '-q',
        '-f',
        '%S\n',
        '-X',
        'fetch.message.max.bytes=30000000',
      ])
      expectEqual(lines(read), [String(size)], 'length')
    },
  },
]
