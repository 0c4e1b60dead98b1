import { deleteGroupsRequest, deleteGroupsResponse } from '../messages/delete-groups.ts'
import { defineApi } from './api.ts'

export const deleteGroups = defineApi({
  name: 'DeleteGroups',
  versions: [0, 2],
  request: deleteGroupsRequest,
  response: deleteGroupsResponse,
  handle: async (request, { core }) => {
    const results = []
    for (const groupId of request.groupsNames)
      results.push({ groupId, errorCode: await core.groups.delete(groupId) })
    return { results }
  },
})
