import { heartbeatRequest, heartbeatResponse } from '../messages/heartbeat.ts'
import { defineApi } from './api.ts'

export const heartbeat = defineApi({
  name: 'Heartbeat',
  versions: [0, 4],
  request: heartbeatRequest,
  response: heartbeatResponse,
  handle: async (request, { core }) => {
    const { groupId, memberId, groupInstanceId, generationId } = request
    const member = { memberId, instanceId: groupInstanceId, generation: generationId }
    return { errorCode: await core.groups.heartbeat(groupId, member) }
  },
})
