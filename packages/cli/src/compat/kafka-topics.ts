import type { Bus } from '@beamtime/bus'
import { KafkaUsageError } from './kafka-error.ts'
import { type KafkaOptionValues, numberOf, pairsOf, valueOf } from './kafka-options.ts'
import {
  configFile,
  failureOf,
  isBusError,
  kafkaExit,
  required,
  runKafkaTool,
  type ToolStreams,
  withKafka,
} from './kafka-tool.ts'
import { topicMatcher } from './kafka-topic-matcher.ts'
import { describeTopics, shortId } from './kafka-topic-description.ts'
import { type TopicsCall, type TopicsOption, topicsTable } from './kafka-topics-options.ts'

const actions = ['list', 'create', 'delete', 'alter', 'describe'] as const
type Action = (typeof actions)[number]

/** `kafka-topics.sh`. Resolves with the exit code. */
export async function kafkaTopics(args: readonly string[], streams: ToolStreams): Promise<number> {
  return await runKafkaTool(topicsTable, args, {
    streams,
    run: async (values) => {
      const action = actionOf(values)
      const properties = configFile(values, 'command-config')
      const servers = required(values, 'bootstrap-server')
      try {
        await withKafka({ servers, properties, program: 'kafka-topics' }, (bus) =>
          perform[action]({ bus, values, streams }),
        )
        return kafkaExit.done
      } catch (error) {
        if (error instanceof KafkaUsageError) throw error
        streams.stdout.write(`Error while executing topic command : ${failureOf(error)}\n`)
        return kafkaExit.failed
      }
    },
  })
}

function actionOf(values: KafkaOptionValues<TopicsOption>): Action {
  if (values.has('zookeeper'))
    throw new KafkaUsageError('zookeeper is not a recognized option; use --bootstrap-server')
  const [action, another] = actions.filter((name) => values.has(name))
  if (action === undefined || another !== undefined) {
    throw new KafkaUsageError(
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    )
  }
  if (!values.has('bootstrap-server')) throw new KafkaUsageError('--bootstrap-server must be specified')
  for (const name of ['replica-assignment', 'delete-config'] as const)
    if (values.has(name)) throw new KafkaUsageError(`Option --${name} is not supported`)
  return action
}

const perform: Readonly<Record<Action, (call: TopicsCall) => Promise<void>>> = {
  list: async ({ bus, values, streams }) => {
    const names = await matchingTopics(bus, values)
    if (names.length > 0) streams.stdout.write(`${names.join('\n')}\n`)
  },
  create: createTopic,
  delete: async ({ bus, values }) => {
    const names = await wantedTopics(bus, values)
    if (names.length > 0) await bus.admin.deleteTopics(names)
  },
  alter: async ({ bus, values }) => {
    const total = numberOf(values, 'partitions')
    if (values.has('config')) {
      throw new KafkaUsageError(
        'Option combination "[bootstrap-server],[config]" can\'t be used with option "[alter]" (the kafka-configs.sh tool can be used to alter topic configurations)',
      )
    }
    if (total === undefined) throw new KafkaUsageError('Missing required argument "[partitions]"')
    for (const name of await wantedTopics(bus, values)) {
      const { length } = (await bus.admin.topicLayout(name)).partitions
      if (total <= length) {
        throw new Error(
          `The topic ${name} currently has ${length} partition(s); ${total} would not be an increase.`,
        )
      }
      await bus.admin.addPartitions(name, total)
    }
  },
  describe: async (call) => await describeTopics(call, await describedTopics(call)),
}

async function createTopic({ bus, values, streams }: TopicsCall): Promise<void> {
  const name = required(values, 'topic')
  const partitions = positive(values, 'partitions')
  const replicationFactor = positive(values, 'replication-factor')
  if (/[._]/.test(name)) {
    streams.stdout.write(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\n",
    )
  }
  try {
    await bus.admin.createTopic({
      name,
      partitions: partitions ?? -1,
      ...(replicationFactor === undefined ? {} : { replicationFactor }),
      configs: Object.fromEntries(pairsOf(values, 'config')),
    })
  } catch (error) {
    if (!isBusError(error, 'BUS_TOPIC_EXISTS')) throw error
    if (values.has('if-not-exists')) return
    throw new Error(`Topic '${name}' already exists.`, { cause: error })
  }
  streams.stdout.write(`Created topic ${name}.\n`)
}

function positive(
  values: KafkaOptionValues<TopicsOption>,
  name: 'partitions' | 'replication-factor',
): number | undefined {
  const number = numberOf(values, name)
  if (number === undefined || number > 0) return number
  const what = name === 'partitions' ? 'partitions' : 'replication factor'
  throw new KafkaUsageError(`The ${what} must be greater than 0`)
}

/** Topics that --topic means; all of them without it. Where an internal topic is, the servers keep to themselves. */
async function matchingTopics(bus: Bus, values: KafkaOptionValues<TopicsOption>): Promise<readonly string[]> {
  const pattern = valueOf(values, 'topic')
  const includeInternal = values.has('list') && !values.has('exclude-internal')
  const names = await bus.admin.listTopics({ includeInternal })
  const matches = pattern === undefined ? () => true : topicMatcher(pattern)
  return names.filter(matches)
}

/** As {@link matchingTopics}, but --topic has to be given, and to mean something unless --if-exists. */
async function wantedTopics(bus: Bus, values: KafkaOptionValues<TopicsOption>): Promise<readonly string[]> {
  const pattern = required(values, 'topic')
  const names = await matchingTopics(bus, values)
  if (names.length === 0 && !values.has('if-exists'))
    throw new Error(`Topic '${pattern}' does not exist as expected`)
  return names
}

async function describedTopics({ bus, values }: TopicsCall): Promise<readonly string[]> {
  const id = valueOf(values, 'topic-id')
  if (id !== undefined) {
    for (const name of await bus.admin.listTopics())
      if (shortId((await bus.admin.topicLayout(name)).id) === id) return [name]
    throw new Error(`TopicId '${id}' does not exist as expected`)
  }
  return values.has('topic') ? await wantedTopics(bus, values) : await matchingTopics(bus, values)
}
