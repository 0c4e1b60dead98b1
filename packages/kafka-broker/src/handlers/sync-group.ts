import { syncGroupRequest, syncGroupResponse } from '../messages/sync-group.ts'
import { defineApi } from './api.ts'
import { kept } from './join-group.ts'

export const syncGroup = defineApi({
  name: 'SyncGroup',
  versions: [0, 5],
  request: syncGroupRequest,
  response: syncGroupResponse,
  handle: async (request, { core }) => {
    const { memberId, groupInstanceId, generationId, protocolType, protocolName } = request
    const reply = await core.groups.sync(request.groupId, {
      member: { memberId, instanceId: groupInstanceId, generation: generationId },
      protocolType,
      protocolName,
      assignments: request.assignments.map((one) => ({
        memberId: one.memberId,
        assignment: kept(one.assignment),
      })),
    })
    const { errorCode, protocol, assignment } = reply
    return { errorCode, protocolType: reply.protocolType, protocolName: protocol, assignment }
  },
})
