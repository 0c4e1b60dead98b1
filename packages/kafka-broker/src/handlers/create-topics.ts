import { zeroUuid } from '../core/codec.ts'
import type { MessageOf } from '../core/codec.ts'
import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import { checkTopicConfig } from '../core/topic-config.ts'
import { isTopicName } from '../core/topic-name.ts'
import { createTopicsRequest, createTopicsResponse } from '../messages/create-topics.ts'
import { type Call, defineApi, may } from './api.ts'
import { describeTopicConfigs } from './config-entries.ts'
import { createTopic } from './topic-creation.ts'

type WantedTopic = MessageOf<typeof createTopicsRequest>['topics'][number]

/** Partitions of one topic; each costs a directory and a few files. */
const maxPartitions = 10_000

interface Refusal {
  readonly errorCode: KafkaErrorCode
  readonly message: string
}

function refusalOf(wanted: WantedTopic, call: Call, isDuplicate: boolean): Refusal | null {
  const { core } = call
  const refuse = (errorCode: KafkaErrorCode, message: string): Refusal => ({ errorCode, message })
  if (isDuplicate)
    return refuse(kafkaError.invalidRequest, `Topic '${wanted.name}' stands twice in the request.`)
  if (!isTopicName(wanted.name)) {
    return refuse(
      kafkaError.invalidTopic,
      `'${wanted.name}' is no topic name: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'.`,
    )
  }
  if (!may(call, 'create', ['topic', wanted.name]))
    return refuse(kafkaError.topicAuthorizationFailed, `Creating topic '${wanted.name}' is not allowed.`)
  if (core.store.topic(wanted.name) !== undefined) {
    return refuse(kafkaError.topicAlreadyExists, `Topic '${wanted.name}' already exists.`)
  }
  return layoutRefusal(wanted, call) ?? configRefusal(wanted) ?? roomRefusal(wanted, call)
}

function layoutRefusal(wanted: WantedTopic, call: Call): Refusal | null {
  const { numPartitions, replicationFactor, assignments } = wanted
  const { core } = call
  if (assignments.length > 0) {
    const isOurs = assignments.every(
      ({ brokerIds }) => brokerIds.length === 1 && brokerIds[0] === core.nodeId,
    )
    const indexes = new Set(assignments.map(({ partitionIndex }) => partitionIndex))
    const isGapless = assignments.every((_, i) => indexes.has(i))
    if (isOurs && isGapless && assignments.length <= maxPartitions) return null
    const message = `Assignments have to name partitions 0 to ${assignments.length - 1} and broker ${core.nodeId} only.`
    return { errorCode: kafkaError.invalidReplicaAssignment, message }
  }
  if (numPartitions !== -1 && (numPartitions < 1 || numPartitions > maxPartitions)) {
    return {
      errorCode: kafkaError.invalidPartitions,
      message: `The number of partitions has to be 1 to ${maxPartitions}.`,
    }
  }
  const isTooHigh = replicationFactor > 1 && core.strictReplicationFactor
  if (replicationFactor === 0 || replicationFactor < -1 || isTooHigh) {
    const message = 'There is one broker: the replication factor is 1 or -1.'
    return { errorCode: kafkaError.invalidReplicationFactor, message }
  }
  return null
}

function roomRefusal(wanted: WantedTopic, call: Call): Refusal | null {
  if (call.core.store.hasRoomFor(partitionsOf(wanted, call))) return null
  const message = 'No more partitions are allowed (broker.max_partitions).'
  return { errorCode: kafkaError.policyViolation, message }
}

function configRefusal(wanted: WantedTopic): Refusal | null {
  for (const { name, value } of wanted.configs) {
    const message = checkTopicConfig(name, value)
    if (message !== null) return { errorCode: kafkaError.invalidConfig, message }
  }
  return null
}

function partitionsOf(wanted: WantedTopic, call: Call): number {
  if (wanted.assignments.length > 0) return wanted.assignments.length
  return wanted.numPartitions === -1 ? call.core.defaultPartitions : wanted.numPartitions
}

async function create(
  wanted: WantedTopic,
  call: Call,
  options: { isDuplicate: boolean; validateOnly: boolean },
): Promise<CreatedTopic> {
  const { core } = call
  const failed = ({ errorCode, message }: Refusal): CreatedTopic => ({
    name: wanted.name,
    errorCode,
    errorMessage: message,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  })
  const refusal = refusalOf(wanted, call, options.isDuplicate)
  if (refusal !== null) return failed(refusal)
  const partitions = partitionsOf(wanted, call)
  const configs = Object.fromEntries(
    wanted.configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
  )
  if (wanted.replicationFactor > 1) {
    core.onEvent({ kind: 'replication-reduced', topic: wanted.name, wanted: wanted.replicationFactor })
  }
  const made = {
    errorCode: kafkaError.none,
    errorMessage: null,
    numPartitions: partitions,
    replicationFactor: 1,
  }
  const entries = describeTopicConfigs(configs, core.store.topicDefaults).map(
    ({ name, value, readOnly, source, isSensitive }) => ({
      name,
      value,
      readOnly,
      configSource: source,
      isSensitive,
    }),
  )
  if (options.validateOnly) return { name: wanted.name, topicId: zeroUuid, ...made, configs: entries }
  const topic = await createTopic(call, { name: wanted.name, partitions, configs })
  if (topic === null)
    return failed({
      errorCode: kafkaError.topicAlreadyExists,
      message: `Topic '${wanted.name}' already exists.`,
    })
  return { name: wanted.name, topicId: topic.entry.id, ...made, configs: entries }
}

interface CreatedTopic {
  readonly name: string
  readonly topicId?: string
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly configs: readonly {
    readonly name: string
    readonly value: string | null
    readonly readOnly: boolean
    readonly configSource: number
    readonly isSensitive: boolean
  }[]
}

export const createTopics = defineApi({
  name: 'CreateTopics',
  versions: [0, 7],
  request: createTopicsRequest,
  response: createTopicsResponse,
  handle: async (request, call) => {
    const topics: CreatedTopic[] = []
    const names = request.topics.map((topic) => topic.name)
    for (const wanted of request.topics) {
      const isDuplicate = names.indexOf(wanted.name) !== names.lastIndexOf(wanted.name)
      topics.push(await create(wanted, call, { isDuplicate, validateOnly: request.validateOnly }))
    }
    return { topics }
  },
})
