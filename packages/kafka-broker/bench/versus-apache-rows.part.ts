/* What is measured at each broker by versus-apache.ts, by three clients: librdkafka, Java's own, and the least client there is. */
import { execFileSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  BenchConnection,
  benchBatch,
  createBenchTopic,
  fetchFrame,
  produceFrame,
  quantile,
} from './bench-client.part.ts'
import { joinGroup, largeClient } from './group-member.part.ts'
import { type BenchServer, cpuSeconds } from './versus-apache-servers.part.ts'

const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
export const python = join(cache, 'kafka-clients', 'bin', 'python')
const script = join(import.meta.dirname, 'versus-apache-client.py')
const apacheScript = join(import.meta.dirname, '..', '..', '..', 'tools', 'peers', 'apache-kafka.sh')

/** Figures of one measurement by name; a name ends in its unit. */
export type Figures = Readonly<Record<string, number>>

export interface Row {
  readonly name: string
  measure(server: BenchServer, topic: string): Promise<Figures>
}

interface ClientAnswer {
  readonly seconds: number
  readonly errors: number
  readonly p50: number
  readonly p99: number
}

function client(server: BenchServer, args: readonly (string | number)[]): ClientAnswer {
  const [command = '', ...rest] = args.map(String)
  const text = execFileSync(python, [script, command, `127.0.0.1:${server.port}`, ...rest], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  const answer = JSON.parse(text) as ClientAnswer
  if (answer.errors > 0) throw new Error(`${server.name}: ${answer.errors} errors of ${args.join(' ')}`)
  return answer
}

interface Load {
  readonly label: string
  readonly sizeBytes: number
  readonly count: number
}
const loads: readonly Load[] = [
  { label: '1 KiB', sizeBytes: 1_024, count: 500_000 },
  { label: '82 kB', sizeBytes: 82_000, count: 6_000 },
]

function throughput(server: BenchServer, { sizeBytes, count }: Load, run: () => number): Figures {
  const before = cpuSeconds(server)
  const seconds = run()
  const megabytes = (count * sizeBytes) / 1e6
  return {
    recordsPerS: count / seconds,
    mbPerS: megabytes / seconds,
    brokerCpuMsPerMb: ((cpuSeconds(server) - before) * 1_000) / megabytes,
  }
}

const librdkafkaRows = loads.flatMap((load): Row[] => {
  const { label, sizeBytes, count } = load
  const produce = (acks: string): Row => ({
    name: `produce ${label}, acks=${acks}, librdkafka`,
    measure: async (server, topic) => {
      await createBenchTopic(server.port, topic)
      return throughput(
        server,
        load,
        () => client(server, ['produce', topic, sizeBytes, count, acks]).seconds,
      )
    },
  })
  return [
    produce('all'),
    produce('1'),
    {
      name: `fetch ${label}, librdkafka`,
      measure: async (server, topic) => {
        await createBenchTopic(server.port, topic)
        client(server, ['produce', topic, sizeBytes, count, '1'])
        return throughput(server, load, () => client(server, ['fetch', topic, count]).seconds)
      },
    },
  ]
})

const latencyRows = [
  { label: '1 KiB at 1 000/s', sizeBytes: 1_024, count: 5_000, rate: 1_000 },
  { label: '82 kB at 100/s', sizeBytes: 82_000, count: 1_000, rate: 100 },
].map(({ label, sizeBytes, count, rate }): Row => ({
  name: `end to end ${label}, acks=all, librdkafka`,
  measure: async (server, topic) => {
    await createBenchTopic(server.port, topic)
    const { p50, p99 } = client(server, ['latency', topic, sizeBytes, count, rate])
    return { p50Ms: p50, p99Ms: p99 }
  },
}))

const samples = 3_000
const warmUp = 1_000

const leastClientRows: readonly Row[] = [
  {
    name: 'acknowledgement of one record of 100 B, least client',
    measure: async (server, topic) => {
      await createBenchTopic(server.port, topic)
      const connection = new BenchConnection(server.port)
      const frame = produceFrame(topic, benchBatch(1, 100))
      const delays: number[] = []
      for (let i = 0; i < warmUp + samples; i++) {
        const startedMs = performance.now()
        await connection.ask(frame)
        if (i >= warmUp) delays.push(performance.now() - startedMs)
      }
      connection.close()
      return { p50Ms: quantile(delays, 0.5), p99Ms: quantile(delays, 0.99) }
    },
  },
  {
    name: 'end to end of one record of 100 B, least client',
    measure: async (server, topic) => {
      await createBenchTopic(server.port, topic)
      const [producer, consumer] = [new BenchConnection(server.port), new BenchConnection(server.port)]
      const frame = produceFrame(topic, benchBatch(1, 100))
      const delays: number[] = []
      for (let offset = 0; offset < warmUp + samples; offset++) {
        const waiting = consumer.ask(fetchFrame(topic, offset, { maxWaitMs: 5_000 }))
        await new Promise((resolve) => setTimeout(resolve, 1))
        const startedMs = performance.now()
        producer.socket.write(frame)
        await waiting
        if (offset >= warmUp) delays.push(performance.now() - startedMs)
      }
      producer.close()
      consumer.close()
      return { p50Ms: quantile(delays, 0.5), p99Ms: quantile(delays, 0.99) }
    },
  },
]

/** Java's producer and consumer measure themselves; the start of their JVM is not in the figure. */
const javaRows = loads.flatMap((load): Row[] => {
  const { label, sizeBytes, count } = load
  const tool = (name: string, line: string): string =>
    execFileSync(apacheScript, ['tool', name, ...line.split(' ')], { encoding: 'utf8', timeout: 300_000 })
  const produce = (server: BenchServer, topic: string): Figures => {
    const before = cpuSeconds(server)
    const text = tool(
      'kafka-producer-perf-test.sh',
      `--topic ${topic} --num-records ${count} --record-size ${sizeBytes} --throughput -1 --bootstrap-server 127.0.0.1:${server.port} --command-property acks=all`,
    )
    const last = text.trim().split('\n').at(-1) ?? ''
    const recordsPerS = Number(/([\d.]+) records\/sec/.exec(last)?.[1])
    const p99Ms = Number(/(\d+) ms 99th/.exec(last)?.[1])
    const megabytes = (count * sizeBytes) / 1e6
    const brokerCpuMsPerMb = ((cpuSeconds(server) - before) * 1_000) / megabytes
    return { recordsPerS, mbPerS: (recordsPerS * sizeBytes) / 1e6, queuedP99Ms: p99Ms, brokerCpuMsPerMb }
  }
  return [
    {
      name: `produce ${label}, acks=all, Java`,
      measure: async (server, topic) => {
        await createBenchTopic(server.port, topic)
        return produce(server, topic)
      },
    },
    {
      name: `fetch ${label}, Java`,
      measure: async (server, topic) => {
        await createBenchTopic(server.port, topic)
        produce(server, topic)
        const text = tool(
          'kafka-consumer-perf-test.sh',
          `--topic ${topic} --num-records ${count} --timeout 60000 --bootstrap-server 127.0.0.1:${server.port}`,
        )
        const [names = '', figures = ''] = text.trim().split('\n').slice(-2)
        const at = names.split(', ').findIndex((name) => name.startsWith('fetch.nMsg.sec'))
        const recordsPerS = Number(figures.split(', ')[at])
        return { recordsPerS, mbPerS: (recordsPerS * sizeBytes) / 1e6 }
      },
    },
  ]
})

/** Just below Kafka's default limit of a request. */
const largeBatch = { batches: 10, batchBytes: 100_000_000 }

const heartbeatRows: readonly Row[] = [
  {
    name: 'heartbeat of a member while another client writes 10 batches of 100 MB, least client',
    measure: async (server, topic) => {
      await createBenchTopic(server.port, topic, { settings: { 'max.message.bytes': '110000000' } })
      const member = await joinGroup(server.port)
      const writer = largeClient('write', { port: server.port, topic, ...largeBatch })
      await writer.ready
      const delays = await member.beatUntil(writer.done)
      member.close()
      return { p50Ms: quantile(delays, 0.5), p99Ms: quantile(delays, 0.99), maxMs: Math.max(...delays) }
    },
  },
]

export const rows: readonly Row[] = [
  ...librdkafkaRows,
  ...javaRows,
  ...latencyRows,
  ...leastClientRows,
  ...heartbeatRows,
]
