import { kafkaError } from '../core/error-codes.ts'
import { findCoordinatorRequest, findCoordinatorResponse } from '../messages/find-coordinator.ts'
import { defineApi, may } from './api.ts'

const groupKey = 0

export const findCoordinator = defineApi({
  name: 'FindCoordinator',
  versions: [0, 6],
  request: findCoordinatorRequest,
  response: findCoordinatorResponse,
  handle: (request, call) => {
    const { core, version, peer } = call
    const find = (key: string): Coordinator => {
      if (request.keyType === groupKey && key !== '' && !may(call, 'describe', ['group', key]))
        return { errorCode: kafkaError.groupAuthorizationFailed, nodeId: -1, host: '', port: -1 }
      const isNameless = key === '' && request.keyType === groupKey
      return {
        errorCode: isNameless ? kafkaError.invalidGroupId : kafkaError.none,
        nodeId: isNameless ? -1 : core.nodeId,
        host: isNameless ? '' : peer.advertisedHost,
        port: isNameless ? -1 : peer.advertisedPort,
      }
    }
    if (version < 4) return find(request.key)
    return { coordinators: request.coordinatorKeys.map((key) => ({ key, ...find(key) })) }
  },
})

interface Coordinator {
  readonly errorCode: number
  readonly nodeId: number
  readonly host: string
  readonly port: number
}
