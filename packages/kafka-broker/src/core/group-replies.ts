import { type KafkaErrorCode, kafkaError } from './error-codes.ts'
import type { GroupAction, GroupMember } from './group-model.ts'

export const noBytes = new Uint8Array(0)

export function joinRefused(
  token: number,
  why: { errorCode: KafkaErrorCode; memberId: string },
): GroupAction {
  const nothing = {
    generation: -1,
    protocolType: null,
    protocol: null,
    leader: '',
    skipAssignment: false,
    members: [],
  }
  return { kind: 'join-reply', token, reply: { ...nothing, ...why } }
}

export function syncRefused(token: number, errorCode: KafkaErrorCode): GroupAction {
  const reply = { errorCode, protocolType: null, protocol: null, assignment: noBytes }
  return { kind: 'sync-reply', token, reply }
}

/** Answers for the requests of a member that loses its place while they wait. */
export function answerWaiting(member: GroupMember, errorCode: KafkaErrorCode): GroupAction[] {
  const actions: GroupAction[] = []
  if (member.joinToken !== null)
    actions.push(joinRefused(member.joinToken, { errorCode, memberId: member.memberId }))
  if (member.syncToken !== null) actions.push(syncRefused(member.syncToken, errorCode))
  return actions
}

/** A client that asks again on a new connection: its first question gets an answer that makes it join anew. */
export function rejoinPlease(member: GroupMember): GroupAction[] {
  const errorCode = kafkaError.rebalanceInProgress
  return member.joinToken === null
    ? []
    : [joinRefused(member.joinToken, { errorCode, memberId: member.memberId })]
}
