import type { MessageOf } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import type { JoinRequest } from '../core/group-model.ts'
import { joinGroupRequest, joinGroupResponse } from '../messages/join-group.ts'
import { type Call, defineApi, may } from './api.ts'

/** Newcomers get their id before they join (KIP-394). */
const memberIdFirstFrom = 4
/** The leader can be told to skip the assignment (KIP-814). */
const skippingFrom = 9

/** A copy: what a group keeps must not hold on to the buffer of a request. */
export function kept(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

function joinRequestOf(request: MessageOf<typeof joinGroupRequest>, call: Call): JoinRequest {
  const { sessionTimeoutMs, rebalanceTimeoutMs, memberId, protocolType } = request
  return {
    memberId,
    instanceId: request.groupInstanceId,
    clientId: call.clientId,
    clientHost: `/${call.peer.remoteHost}`,
    sessionTimeoutMs,
    rebalanceTimeoutMs: call.version === 0 ? sessionTimeoutMs : Math.max(0, rebalanceTimeoutMs),
    protocolType,
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: kept(metadata) })),
    needsMemberId: call.version >= memberIdFirstFrom,
    canSkipAssignment: call.version >= skippingFrom,
  }
}

export const joinGroup = defineApi({
  name: 'JoinGroup',
  versions: [0, 9],
  request: joinGroupRequest,
  response: joinGroupResponse,
  handle: async (request, call) => {
    const nothing = { generationId: -1, protocolName: '', leader: '', members: [] }
    if (request.groupId === '')
      return { errorCode: kafkaError.invalidGroupId, ...nothing, memberId: request.memberId }
    if (!may(call, 'read', ['group', request.groupId]))
      return { errorCode: kafkaError.groupAuthorizationFailed, ...nothing, memberId: request.memberId }
    const reply = await call.core.groups.join(request.groupId, joinRequestOf(request, call))
    const { errorCode, generation, protocolType, protocol, leader, skipAssignment, memberId, members } = reply
    return {
      errorCode,
      generationId: generation,
      protocolType,
      // Null is legal from version 7 on.
      protocolName: call.version < 7 ? (protocol ?? '') : protocol,
      leader,
      skipAssignment,
      memberId,
      members: members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.instanceId,
        metadata: member.metadata,
      })),
    }
  },
})
