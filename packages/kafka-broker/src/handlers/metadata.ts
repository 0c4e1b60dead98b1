import { zeroUuid } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import { isInternalTopic, isTopicName } from '../core/topic-name.ts'
import type { Topic } from '../log/topic-store.ts'
import { metadataRequest, metadataResponse } from '../messages/metadata.ts'
import { type BrokerCore, type Call, defineApi, may } from './api.ts'
import { createTopic } from './topic-creation.ts'

function describe(topic: Topic, core: BrokerCore): TopicMetadata {
  const { nodeId } = core
  return {
    errorCode: kafkaError.none,
    name: topic.entry.name,
    topicId: topic.entry.id,
    isInternal: isInternalTopic(topic.entry.name),
    partitions: topic.logs.map((log, partitionIndex) => ({
      errorCode: kafkaError.none,
      partitionIndex,
      leaderId: nodeId,
      leaderEpoch: log.leaderEpoch,
      replicaNodes: [nodeId],
      isrNodes: [nodeId],
    })),
  }
}

interface TopicMetadata {
  readonly errorCode: number
  readonly name: string | null
  readonly topicId: string
  readonly isInternal?: boolean
  readonly partitions: readonly {
    readonly errorCode: number
    readonly partitionIndex: number
    readonly leaderId: number
    readonly leaderEpoch: number
    readonly replicaNodes: readonly number[]
    readonly isrNodes: readonly number[]
  }[]
}

async function findOrCreate(name: string, call: Call, mayCreate: boolean): Promise<TopicMetadata> {
  const { core } = call
  if (!may(call, 'describe', ['topic', name]))
    return { errorCode: kafkaError.topicAuthorizationFailed, name, topicId: zeroUuid, partitions: [] }
  const known = core.store.topic(name)
  if (known !== undefined) return describe(known, core)
  const failed = (errorCode: number): TopicMetadata => ({
    errorCode,
    name,
    topicId: zeroUuid,
    partitions: [],
  })
  if (!isTopicName(name)) return failed(kafkaError.invalidTopic)
  if (!mayCreate || isInternalTopic(name) || !may(call, 'create', ['topic', name]))
    return failed(kafkaError.unknownTopicOrPartition)
  if (!core.store.hasRoomFor(core.defaultPartitions)) return failed(kafkaError.policyViolation)
  await createTopic(call, { name, partitions: core.defaultPartitions, configs: {} })
  const created = core.store.topic(name)
  return created === undefined ? failed(kafkaError.unknownTopicOrPartition) : describe(created, core)
}

export const metadata = defineApi({
  name: 'Metadata',
  versions: [0, 12],
  request: metadataRequest,
  response: metadataResponse,
  handle: async (request, call) => {
    const { core, version, peer } = call
    const mayCreate = core.autoCreateTopics && (version < 4 || request.allowAutoTopicCreation)
    const wantsAll = request.topics === null || (version === 0 && request.topics.length === 0)
    const topics: TopicMetadata[] = []
    if (wantsAll) {
      for (const topic of core.store.topics())
        if (may(call, 'describe', ['topic', topic.entry.name])) topics.push(describe(topic, core))
    } else {
      for (const { name, topicId } of request.topics ?? []) {
        if (name !== null) topics.push(await findOrCreate(name, call, mayCreate))
        else {
          const found = core.store.topicById(topicId)
          const isVisible = found !== undefined && may(call, 'describe', ['topic', found.entry.name])
          const topic = isVisible ? found : undefined
          const unknown = { errorCode: kafkaError.unknownTopicId, name: null, topicId, partitions: [] }
          topics.push(topic === undefined ? unknown : describe(topic, core))
        }
      }
    }
    return {
      brokers: [{ nodeId: core.nodeId, host: peer.advertisedHost, port: peer.advertisedPort }],
      clusterId: core.clusterId,
      controllerId: core.nodeId,
      topics,
    }
  },
})
