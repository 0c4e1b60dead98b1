import { kafkaError } from '../core/error-codes.ts'
import type { Group } from '../core/group.ts'
import { noBytes } from '../core/group-replies.ts'
import { describeGroupsRequest, describeGroupsResponse } from '../messages/describe-groups.ts'
import { defineApi, may } from './api.ts'

function describe(groupId: string, group: Group | undefined): DescribedGroup {
  const chosen = group?.state === 'Stable' || group?.state === 'CompletingRebalance' ? group.protocol : null
  return {
    errorCode: kafkaError.none,
    groupId,
    groupState: group?.state ?? 'Dead',
    protocolType: group?.protocolType ?? '',
    protocolData: chosen ?? '',
    members: (group?.members ?? []).map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: member.protocols.find((protocol) => protocol.name === chosen)?.metadata ?? noBytes,
      memberAssignment: member.assignment,
    })),
  }
}

interface DescribedGroup {
  readonly errorCode: number
  readonly groupId: string
  readonly groupState: string
  readonly protocolType: string
  readonly protocolData: string
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    readonly memberMetadata: Uint8Array
    readonly memberAssignment: Uint8Array
  }[]
}

export const describeGroups = defineApi({
  name: 'DescribeGroups',
  versions: [0, 5],
  request: describeGroupsRequest,
  response: describeGroupsResponse,
  handle: (request, call) => ({
    groups: request.groups.map((groupId) => {
      const isVisible = may(call, 'describe', ['group', groupId])
      const group = describe(groupId, isVisible ? call.core.groups.group(groupId) : undefined)
      return isVisible ? group : { ...group, errorCode: kafkaError.groupAuthorizationFailed }
    }),
  }),
})
