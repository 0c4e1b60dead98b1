import { kafkaError } from '../core/error-codes.ts'
import { describeClusterRequest, describeClusterResponse } from '../messages/describe-cluster.ts'
import { defineApi } from './api.ts'

const brokerEndpoint = 1

export const describeCluster = defineApi({
  name: 'DescribeCluster',
  versions: [0, 1],
  request: describeClusterRequest,
  response: describeClusterResponse,
  handle: (_request, { core, peer }) => ({
    errorCode: kafkaError.none,
    endpointType: brokerEndpoint,
    clusterId: core.clusterId,
    controllerId: core.nodeId,
    brokers: [{ brokerId: core.nodeId, host: peer.advertisedHost, port: peer.advertisedPort, rack: null }],
  }),
})
