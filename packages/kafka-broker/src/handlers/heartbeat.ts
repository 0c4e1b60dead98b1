import { kafkaError } from '../core/error-codes.ts'
import { heartbeatRequest, heartbeatResponse } from '../messages/heartbeat.ts'
import { defineApi, may } from './api.ts'

export const heartbeat = defineApi({
  name: 'Heartbeat',
  versions: [0, 4],
  request: heartbeatRequest,
  response: heartbeatResponse,
  handle: async (request, call) => {
    const { groupId, memberId, groupInstanceId, generationId } = request
    if (!may(call, 'read', ['group', groupId])) return { errorCode: kafkaError.groupAuthorizationFailed }
    const member = { memberId, instanceId: groupInstanceId, generation: generationId }
    return { errorCode: await call.core.groups.heartbeat(groupId, member) }
  },
})
