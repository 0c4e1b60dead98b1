import { kafkaError } from '../core/error-codes.ts'
import {
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '../messages/offset-for-leader-epoch.ts'
import { defineApi, may } from './api.ts'

export const offsetForLeaderEpoch = defineApi({
  name: 'OffsetForLeaderEpoch',
  versions: [0, 4],
  request: offsetForLeaderEpochRequest,
  response: offsetForLeaderEpochResponse,
  handle: (request, call) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, leaderEpoch, currentLeaderEpoch }) => {
        const log = call.core.store.partition(topic, partition)
        const nothing = { partition, leaderEpoch: -1, endOffset: -1 }
        if (!may(call, 'describe', ['topic', topic]))
          return { errorCode: kafkaError.topicAuthorizationFailed, ...nothing }
        if (log === undefined) return { errorCode: kafkaError.unknownTopicOrPartition, ...nothing }
        if (currentLeaderEpoch >= 0 && currentLeaderEpoch < log.leaderEpoch) {
          return { errorCode: kafkaError.fencedLeaderEpoch, ...nothing }
        }
        if (currentLeaderEpoch > log.leaderEpoch)
          return { errorCode: kafkaError.unknownLeaderEpoch, ...nothing }
        const end = log.epochEnd(leaderEpoch)
        if (end === null || leaderEpoch > log.leaderEpoch) return { errorCode: kafkaError.none, ...nothing }
        return { errorCode: kafkaError.none, partition, leaderEpoch: end.epoch, endOffset: end.endOffset }
      }),
    })),
  }),
})
