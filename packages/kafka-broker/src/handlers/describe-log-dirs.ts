import { statfs } from 'node:fs/promises'
import { kafkaError } from '../core/error-codes.ts'
import { describeLogDirsRequest, describeLogDirsResponse } from '../messages/describe-log-dirs.ts'
import { defineApi, may } from './api.ts'

export const describeLogDirs = defineApi({
  name: 'DescribeLogDirs',
  versions: [0, 4],
  request: describeLogDirsRequest,
  response: describeLogDirsResponse,
  handle: async (request, call) => {
    const { core } = call
    if (!may(call, 'describe', ['cluster', '']))
      return { errorCode: kafkaError.clusterAuthorizationFailed, results: [] }
    const wanted =
      request.topics === null
        ? null
        : new Map(request.topics.map((one) => [one.topic, new Set(one.partitions)]))
    const topics = core.store
      .topics()
      .filter(({ entry }) => wanted === null || wanted.has(entry.name))
      .map(({ entry, logs }) => ({
        name: entry.name,
        partitions: logs
          .map((log, partitionIndex) => ({
            partitionIndex,
            partitionSize: log.sizeBytes,
            offsetLag: 0,
            isFutureKey: false,
          }))
          .filter(
            ({ partitionIndex }) => wanted === null || wanted.get(entry.name)?.has(partitionIndex) === true,
          ),
      }))
    const disk = await statfs(core.dataDirectory)
    const totalBytes = disk.blocks * disk.bsize
    const usableBytes = disk.bavail * disk.bsize
    return {
      results: [{ errorCode: kafkaError.none, logDir: core.dataDirectory, topics, totalBytes, usableBytes }],
    }
  },
})
