import { kafkaError } from '../core/error-codes.ts'
import { leaveGroupRequest, leaveGroupResponse } from '../messages/leave-group.ts'
import { defineApi, may } from './api.ts'

export const leaveGroup = defineApi({
  name: 'LeaveGroup',
  versions: [0, 5],
  request: leaveGroupRequest,
  response: leaveGroupResponse,
  handle: async (request, call) => {
    const { core, version } = call
    if (!may(call, 'read', ['group', request.groupId]))
      return { errorCode: kafkaError.groupAuthorizationFailed, members: [] }
    if (version < 3) {
      const who = { memberId: request.memberId, instanceId: null }
      return { errorCode: await core.groups.leave(request.groupId, who) }
    }
    const members = []
    for (const { memberId, groupInstanceId } of request.members) {
      const errorCode = await core.groups.leave(request.groupId, { memberId, instanceId: groupInstanceId })
      members.push({ memberId, groupInstanceId, errorCode })
    }
    return { errorCode: kafkaError.none, members }
  },
})
