import type { MessageOf } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import { createPartitionsRequest, createPartitionsResponse } from '../messages/create-partitions.ts'
import { type Call, defineApi, may } from './api.ts'

type Wanted = MessageOf<typeof createPartitionsRequest>['topics'][number]

const maxPartitions = 10_000

async function grow(wanted: Wanted, call: Call, validateOnly: boolean): Promise<GrowResult> {
  const { core } = call
  const { name, count, assignments } = wanted
  const done = (errorCode: number, errorMessage: string | null): GrowResult => ({
    name,
    errorCode,
    errorMessage,
  })
  if (!may(call, 'alter', ['topic', name]))
    return done(kafkaError.topicAuthorizationFailed, `Changing topic '${name}' is not allowed.`)
  const topic = core.store.topic(name)
  if (topic === undefined) return done(kafkaError.unknownTopicOrPartition, `Topic '${name}' does not exist.`)
  const current = topic.logs.length
  if (count <= current || count > maxPartitions) {
    const message = `Topic '${name}' has ${current} partitions: more than that, at most ${maxPartitions}, can be asked for.`
    return done(kafkaError.invalidPartitions, message)
  }
  if (!core.store.hasRoomFor(count - current))
    return done(kafkaError.policyViolation, 'No more partitions are allowed (broker.max_partitions).')
  const isAssignedElsewhere = assignments?.some(
    ({ brokerIds }) => brokerIds.length !== 1 || brokerIds[0] !== core.nodeId,
  )
  if (assignments !== null && (isAssignedElsewhere === true || assignments.length !== count - current)) {
    return done(
      kafkaError.invalidReplicaAssignment,
      `Assignments have to name broker ${core.nodeId}, one per new partition.`,
    )
  }
  if (!validateOnly) await core.store.grow(name, count)
  return done(kafkaError.none, null)
}

interface GrowResult {
  readonly name: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

export const createPartitions = defineApi({
  name: 'CreatePartitions',
  versions: [0, 3],
  request: createPartitionsRequest,
  response: createPartitionsResponse,
  handle: async (request, call) => {
    const results: GrowResult[] = []
    for (const wanted of request.topics) results.push(await grow(wanted, call, request.validateOnly))
    return { results }
  },
})
