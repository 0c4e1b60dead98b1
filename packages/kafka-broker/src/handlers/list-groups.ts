import { kafkaError } from '../core/error-codes.ts'
import { listGroupsRequest, listGroupsResponse } from '../messages/list-groups.ts'
import { defineApi, may } from './api.ts'

const groupType = 'classic'

export const listGroups = defineApi({
  name: 'ListGroups',
  versions: [0, 5],
  request: listGroupsRequest,
  response: listGroupsResponse,
  handle: (request, call) => {
    const states = new Set(request.statesFilter.map((state) => state.toLowerCase()))
    const types = new Set(request.typesFilter.map((type) => type.toLowerCase()))
    const groups = [...call.core.groups.groups()]
      .filter((group) => may(call, 'describe', ['group', group.groupId]))
      .filter((group) => states.size === 0 || states.has(group.state.toLowerCase()))
      .filter(() => types.size === 0 || types.has(groupType))
      .map((group) => ({
        groupId: group.groupId,
        protocolType: group.protocolType,
        groupState: group.state,
        groupType,
      }))
    return { errorCode: kafkaError.none, groups }
  },
})
