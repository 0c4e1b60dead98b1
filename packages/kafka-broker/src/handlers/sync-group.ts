import { kafkaError } from '../core/error-codes.ts'
import { noBytes } from '../core/group-replies.ts'
import { syncGroupRequest, syncGroupResponse } from '../messages/sync-group.ts'
import { defineApi, may } from './api.ts'
import { kept } from './join-group.ts'

export const syncGroup = defineApi({
  name: 'SyncGroup',
  versions: [0, 5],
  request: syncGroupRequest,
  response: syncGroupResponse,
  handle: async (request, call) => {
    if (!may(call, 'read', ['group', request.groupId]))
      return {
        errorCode: kafkaError.groupAuthorizationFailed,
        protocolType: null,
        protocolName: null,
        assignment: noBytes,
      }
    const { memberId, groupInstanceId, generationId, protocolType, protocolName } = request
    const reply = await call.core.groups.sync(request.groupId, {
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
