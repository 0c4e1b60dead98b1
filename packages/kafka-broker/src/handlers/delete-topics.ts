import { zeroUuid } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import { deleteTopicsRequest, deleteTopicsResponse } from '../messages/delete-topics.ts'
import { type Call, defineApi, may } from './api.ts'

interface DeletedTopic {
  readonly name: string | null
  readonly topicId: string
  readonly errorCode: number
  readonly errorMessage: string | null
}

async function deleteOne(
  wanted: { name: string | null; topicId: string },
  call: Call,
): Promise<DeletedTopic> {
  const { core, clientId } = call
  const topic = wanted.name === null ? core.store.topicById(wanted.topicId) : core.store.topic(wanted.name)
  if (topic === undefined) {
    const errorCode = wanted.name === null ? kafkaError.unknownTopicId : kafkaError.unknownTopicOrPartition
    return { name: wanted.name, topicId: wanted.topicId, errorCode, errorMessage: 'There is no such topic.' }
  }
  const { name, id } = topic.entry
  if (!may(call, 'alter', ['topic', name])) {
    const errorMessage = `Deleting topic '${name}' is not allowed.`
    return { name, topicId: id, errorCode: kafkaError.topicAuthorizationFailed, errorMessage }
  }
  await core.store.delete(name)
  await core.groups.topicDeleted(name)
  core.onEvent({ kind: 'topic-deleted', topic: name, by: clientId })
  return { name, topicId: id, errorCode: kafkaError.none, errorMessage: null }
}

export const deleteTopics = defineApi({
  name: 'DeleteTopics',
  versions: [0, 6],
  request: deleteTopicsRequest,
  response: deleteTopicsResponse,
  handle: async (request, call) => {
    const wanted = [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: zeroUuid }))]
    const responses: DeletedTopic[] = []
    for (const one of wanted) responses.push(await deleteOne(one, call))
    return { responses }
  },
})
