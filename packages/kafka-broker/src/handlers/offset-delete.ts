import { subscribedTopics } from '../core/consumer-subscription.ts'
import { kafkaError } from '../core/error-codes.ts'
import type { Group } from '../core/group.ts'
import { offsetDeleteRequest, offsetDeleteResponse } from '../messages/offset-delete.ts'
import { defineApi, may } from './api.ts'

/** Topics that live members read; null when that cannot be told, so that nothing may be deleted. */
function topicsInUse(group: Group): ReadonlySet<string> | null {
  const topics = new Set<string>()
  for (const member of group.members) {
    const metadata = member.protocols.find((protocol) => protocol.name === group.protocol)?.metadata
    const subscribed = metadata === undefined ? null : subscribedTopics(metadata)
    if (subscribed === null) return null
    for (const topic of subscribed) topics.add(topic)
  }
  return topics
}

export const offsetDelete = defineApi({
  name: 'OffsetDelete',
  versions: [0, 0],
  request: offsetDeleteRequest,
  response: offsetDeleteResponse,
  handle: async (request, call) => {
    const { core } = call
    if (!may(call, 'alter', ['group', request.groupId]))
      return { errorCode: kafkaError.groupAuthorizationFailed, topics: [] }
    const group = core.groups.group(request.groupId)
    if (group === undefined) return { errorCode: kafkaError.groupIdNotFound, topics: [] }
    const inUse = topicsInUse(group)
    if (inUse === null) return { errorCode: kafkaError.nonEmptyGroup, topics: [] }
    const free = request.topics.filter(({ name }) => !inUse.has(name))
    const partitions = free.flatMap(({ name, partitions: wanted }) =>
      wanted.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    )
    await core.groups.deleteOffsets(request.groupId, partitions)
    return {
      errorCode: kafkaError.none,
      topics: request.topics.map(({ name, partitions: wanted }) => ({
        name,
        partitions: wanted.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: inUse.has(name) ? kafkaError.groupSubscribedToTopic : kafkaError.none,
        })),
      })),
    }
  },
})
