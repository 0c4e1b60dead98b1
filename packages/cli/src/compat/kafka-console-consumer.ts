import type { Bus, TailFrom } from '@beamtime/bus'
import { consumerTable, type ConsumerOption } from './kafka-console-consumer-options.ts'
import { KafkaUsageError } from './kafka-error.ts'
import { type KafkaOptionValues, numberOf, pairsOf, valueOf } from './kafka-options.ts'
import type { KafkaProperties } from './kafka-properties.ts'
import { recordFormatter } from './kafka-record-formatter.ts'
import { RecordPrinter } from './kafka-record-printer.ts'
import {
  configFile,
  failureOf,
  kafkaExit,
  required,
  runKafkaTool,
  type ToolStreams,
  withKafka,
} from './kafka-tool.ts'
import { topicMatcher } from './kafka-topic-matcher.ts'

type Values = KafkaOptionValues<ConsumerOption>

interface ConsumerPlan {
  readonly topic: string | null
  /** Regular expression of topics instead. */
  readonly include: string | null
  readonly group: string | null
  readonly from: TailFrom
  readonly partition: number | null
}

/** `kafka-console-consumer.sh`. Resolves with the exit code. */
export async function kafkaConsoleConsumer(args: readonly string[], streams: ToolStreams): Promise<number> {
  return await runKafkaTool(consumerTable, args, {
    streams,
    run: async (values) => {
      const servers = required(values, 'bootstrap-server')
      const file = configFile(values, 'command-config', 'consumer.config')
      const given = [...pairsOf(values, 'consumer-property'), ...pairsOf(values, 'command-property')]
      const properties = new Map([...file, ...given])
      const plan = planOf(values, properties)
      const format = recordFormatter(
        valueOf(values, 'formatter') ?? 'DefaultMessageFormatter',
        formatOf(values),
      )
      const printer = new RecordPrinter({
        streams,
        format,
        skipsErrors: values.has('skip-message-on-error'),
        ...limitsOf(values),
      })
      try {
        await withKafka({ servers, properties, program: 'console-consumer' }, (bus) =>
          read(bus, plan, printer),
        )
      } catch (error) {
        if (error instanceof KafkaUsageError) throw error
        streams.stderr.write(`Error processing message, terminating consumer process: ${failureOf(error)}\n`)
        return kafkaExit.failed
      } finally {
        printer.close()
        streams.stderr.write(`Processed a total of ${printer.count} messages\n`)
      }
      return kafkaExit.done
    },
  })
}

function formatOf(values: Values): ReadonlyMap<string, string> {
  const classes = (['key', 'value'] as const).flatMap((what) => {
    const className = valueOf(values, `${what}-deserializer`)
    return className === undefined ? [] : [[`${what}.deserializer`, className] as const]
  })
  return new Map([
    ...configFile(values, 'formatter-config'),
    ...classes,
    ...pairsOf(values, 'property'),
    ...pairsOf(values, 'formatter-property'),
  ])
}

function limitsOf(values: Values): { readonly most?: number; readonly idleMs?: number } {
  const most = numberOf(values, 'max-messages')
  const idleMs = numberOf(values, 'timeout-ms')
  return {
    ...(most === undefined || most < 0 ? {} : { most }),
    ...(idleMs === undefined || idleMs < 0 ? {} : { idleMs }),
  }
}

function planOf(values: Values, properties: KafkaProperties): ConsumerPlan {
  const topic = valueOf(values, 'topic') ?? null
  const include = valueOf(values, 'include') ?? null
  if ((topic === null) === (include === null))
    throw new KafkaUsageError('Exactly one of --include/--topic is required.')
  if (values.has('partition') && topic === null)
    throw new KafkaUsageError('The topic is required when partition is specified.')
  const group = valueOf(values, 'group') ?? properties.get('group.id') ?? null
  if (group !== null && values.has('partition'))
    throw new KafkaUsageError('Options group and partition cannot be specified together.')
  if (valueOf(values, 'isolation-level') === 'read_committed') {
    throw new KafkaUsageError(
      '--isolation-level read_committed is not supported: records of transactions that were given up are shown too',
    )
  }
  return {
    topic,
    include,
    group,
    from: startOf(values, properties),
    partition: numberOf(values, 'partition') ?? null,
  }
}

function startOf(values: Values, properties: KafkaProperties): TailFrom {
  const text = valueOf(values, 'offset')
  const fromBeginning = values.has('from-beginning') || properties.get('auto.offset.reset') === 'earliest'
  if (text === undefined) return fromBeginning ? 'earliest' : 'latest'
  if (!values.has('partition'))
    throw new KafkaUsageError('The partition is required when offset is specified.')
  if (values.has('from-beginning'))
    throw new KafkaUsageError('Options from-beginning and offset cannot be specified together.')
  const word = text.toLowerCase()
  if (word === 'earliest' || word === 'latest') return word
  if (!/^\d{1,18}$/.test(text)) {
    throw new KafkaUsageError(
      `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
    )
  }
  return { offset: BigInt(text) }
}

async function read(bus: Bus, plan: ConsumerPlan, printer: RecordPrinter): Promise<void> {
  const topics = await topicsOf(bus, plan, printer)
  if (printer.isDone) return
  printer.start()
  if (plan.group !== null) {
    await bus.consume({
      groupId: plan.group,
      topics,
      from: plan.from === 'earliest' ? 'earliest' : 'latest',
      signal: printer.signal,
      onBatch: ({ records }) => printer.print(records),
    })
    return
  }
  await Promise.all(
    topics.map((topic) =>
      bus.tail({
        topic,
        from: plan.from,
        ...(plan.partition === null ? {} : { partitions: [plan.partition] }),
        signal: printer.signal,
        onRecords: async (records) => void (await printer.print(records)),
      }),
    ),
  )
}

async function topicsOf(bus: Bus, plan: ConsumerPlan, printer: RecordPrinter): Promise<readonly string[]> {
  if (plan.topic !== null) {
    if (!(await bus.admin.nameTopic(plan.topic)))
      printer.warn(`Topic ${plan.topic} does not exist; waiting until it is created.`)
    return [plan.topic]
  }
  const topics = (await bus.admin.listTopics()).filter(topicMatcher(plan.include ?? ''))
  if (topics.length === 0) throw new Error(`no topic matches ${plan.include}`)
  return topics
}
