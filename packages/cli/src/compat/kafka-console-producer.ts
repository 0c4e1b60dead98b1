import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Bus, BusCompression, BusProducer, OutgoingRecord, ProducerOptions } from '@beamtime/bus'
import { producerTable, type ProducerOption } from './kafka-console-producer-options.ts'
import { KafkaUsageError } from './kafka-error.ts'
import { KafkaLineError, lineReader } from './kafka-line-reader.ts'
import { type KafkaOptionValues, numberOf, pairsOf, valueOf } from './kafka-options.ts'
import type { KafkaProperties } from './kafka-properties.ts'
import {
  configFile,
  failureOf,
  kafkaExit,
  required,
  runKafkaTool,
  type ToolStreams,
  withKafka,
} from './kafka-tool.ts'

type Values = KafkaOptionValues<ProducerOption>

/** Records that may wait for their acknowledgement before the next lines are read. */
const mostWaiting = 50_000

/** `kafka-console-producer.sh`. Resolves with the exit code. */
export async function kafkaConsoleProducer(args: readonly string[], streams: ToolStreams): Promise<number> {
  return await runKafkaTool(producerTable, args, {
    streams,
    run: async (values) => {
      const servers = required(values, 'bootstrap-server')
      const topic = required(values, 'topic')
      const file = configFile(values, 'command-config', 'producer.config')
      const given = [...pairsOf(values, 'producer-property'), ...pairsOf(values, 'command-property')]
      const properties = new Map([...file, ...given])
      const options = producerOptions(values, properties)
      const read = lineReader(topic, readingOf(values))
      try {
        return await withKafka({ servers, properties, program: 'console-producer' }, async (bus) => {
          await checkTopic(bus, topic)
          const sending = new LineSending(bus.producer(options), streams, values.has('sync'))
          return await sendLines(read, sending, streams)
        })
      } catch (error) {
        if (error instanceof KafkaUsageError) throw error
        streams.stderr.write(`${failureOf(error)}\n`)
        return kafkaExit.failed
      }
    },
  })
}

async function checkTopic(bus: Bus, topic: string): Promise<void> {
  if (!(await bus.admin.nameTopic(topic)))
    throw new Error(`Topic ${topic} not present in metadata, and the server does not create it.`)
}

function readingOf(values: Values): ReadonlyMap<string, string> {
  const className = valueOf(values, 'line-reader')
  if (className !== undefined && !className.endsWith('LineMessageReader'))
    throw new KafkaUsageError(`--line-reader ${className} is not supported: only LineMessageReader is`)
  return new Map([
    ...configFile(values, 'reader-config'),
    ...pairsOf(values, 'property'),
    ...pairsOf(values, 'reader-property'),
  ])
}

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

function producerOptions(values: Values, properties: KafkaProperties): ProducerOptions {
  const named = values.has('compression-codec') ? (valueOf(values, 'compression-codec') ?? 'gzip') : undefined
  const lingerMs = numberOf(values, 'timeout') ?? Number(properties.get('linger.ms') ?? 0)
  return { compression: codecOf(named ?? properties.get('compression.type') ?? 'none'), lingerMs }
}

function codecOf(text: string): BusCompression {
  const codec = codecs.find((one) => one === text)
  if (codec === undefined) throw new KafkaUsageError(`Unknown compression name: ${text}`)
  return codec
}

/** Sends records, tells of those that were refused, and lets no more than a bound of them wait. */
class LineSending {
  failed = 0
  readonly #producer: BusProducer
  readonly #streams: ToolStreams
  readonly #isSync: boolean
  #waiting = 0
  #resume: (() => void) | null = null

  constructor(producer: BusProducer, streams: ToolStreams, isSync: boolean) {
    this.#producer = producer
    this.#streams = streams
    this.#isSync = isSync
  }

  async send(record: OutgoingRecord): Promise<void> {
    this.#waiting++
    const sent = this.#producer.send(record).then(
      () => this.#settle(),
      (error: unknown) => {
        this.failed++
        const { key, value } = record
        const bytes = (part: OutgoingRecord['value']): string =>
          part === null ? 'null' : `${Buffer.byteLength(part)} bytes`
        this.#streams.stderr.write(
          `Error when sending message to topic ${record.topic} with key: ${bytes(key ?? null)}, value: ${bytes(value)} with error: ${failureOf(error)}\n`,
        )
        this.#settle()
      },
    )
    if (this.#isSync) await sent
    else if (this.#waiting >= mostWaiting) await new Promise<void>((resolve) => (this.#resume = resolve))
  }

  #settle(): void {
    this.#waiting--
    if (this.#waiting >= mostWaiting / 2) return
    this.#resume?.()
    this.#resume = null
  }

  async close(): Promise<void> {
    await this.#producer.close()
  }
}

async function sendLines(
  read: (line: string, lineNumber: number) => OutgoingRecord,
  sending: LineSending,
  streams: ToolStreams,
): Promise<number> {
  const isTerminal = streams.stdin.isTTY === true
  const prompt = (): void => void (isTerminal && streams.stdout.write('>'))
  const lines = createInterface({
    input: Readable.from(streams.stdin, { signal: streams.signal }),
    crlfDelay: Infinity,
  })
  let lineNumber = 0
  let fault: string | null = null
  prompt()
  try {
    for await (const line of lines) {
      lineNumber++
      await sending.send(read(line, lineNumber))
      prompt()
    }
  } catch (error) {
    if (!(error instanceof KafkaLineError) && !streams.signal.aborted) throw error
    if (error instanceof KafkaLineError) fault = error.message
  } finally {
    lines.close()
    await sending.close()
  }
  if (fault !== null) streams.stderr.write(`${fault}\n`)
  return fault === null && sending.failed === 0 ? kafkaExit.done : kafkaExit.failed
}
