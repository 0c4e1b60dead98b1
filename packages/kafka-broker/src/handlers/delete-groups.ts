import { kafkaError } from '../core/error-codes.ts'
import { deleteGroupsRequest, deleteGroupsResponse } from '../messages/delete-groups.ts'
import { defineApi, may } from './api.ts'

export const deleteGroups = defineApi({
  name: 'DeleteGroups',
  versions: [0, 2],
  request: deleteGroupsRequest,
  response: deleteGroupsResponse,
  handle: async (request, call) => {
    const results = []
    for (const groupId of request.groupsNames) {
      const isAllowed = may(call, 'alter', ['group', groupId])
      const errorCode = isAllowed
        ? await call.core.groups.delete(groupId)
        : kafkaError.groupAuthorizationFailed
      results.push({ groupId, errorCode })
    }
    return { results }
  },
})
