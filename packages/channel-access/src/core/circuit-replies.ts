import { nativeTypes } from '../dbr/dbr-type.ts'
import { eca } from '../dbr/eca.ts'
import { CaError } from '../error.ts'
import { createChannelRequest } from '../messages/create-channel.ts'
import { eventAddRequest } from '../messages/event-add.ts'
import type { CircuitReply } from '../messages/from-server.ts'
import { readNotifyRequest } from '../messages/read-notify.ts'
import { writeNotifyRequest } from '../messages/write-notify.ts'
import { writeRequest } from '../messages/write.ts'
import type { CircuitAction } from './circuit-actions.ts'
import { failureOf, readingOf, type CircuitPending } from './circuit-pending.ts'

export interface ReplyContext {
  readonly pending: CircuitPending
  readonly maxPayloadBytes: number
  push(action: CircuitAction): void
  violation(detail: string): void
  countError(): void
}

export interface ReplyHandlers {
  handle(message: CircuitReply): void
  /** The answer to a read was skipped because of its size. */
  tooLarge(ioid: number): void
}

/** Fails what waits for an answer, of one channel or of all. */
export function failRequests(
  context: Pick<ReplyContext, 'pending' | 'push'>,
  error: CaError,
  cid?: number,
): void {
  for (const { ioid, kind } of context.pending.takeRequests(cid))
    context.push(
      kind === 'read' ? { kind: 'read-done', ioid, outcome: error } : { kind: 'write-done', ioid, error },
    )
}

/** What each message of a server means to the requests that wait. */
export function createReplyHandlers(context: ReplyContext): ReplyHandlers {
  function settle(ioid: number, status: number, text: string): void {
    const request = context.pending.takeRequest(ioid)
    if (request === undefined) return
    const error = failureOf(request.kind, status, text)
    context.push(
      request.kind === 'read'
        ? { kind: 'read-done', ioid, outcome: error }
        : { kind: 'write-done', ioid, error },
    )
  }

  /** ERROR quotes the request; caproto fails puts this way, RSRV requests with a bad id. */
  function onError({ quoted, status }: Extract<CircuitReply, { kind: 'errorReply' }>): void {
    const { header, text } = quoted
    if (header === null) {
      context.push({ kind: 'diagnostic', event: 'circuit-violation', fields: { detail: text, eca: status } })
      context.countError()
      return
    }
    switch (header.command) {
      case readNotifyRequest.command:
      case writeNotifyRequest.command:
        settle(header.p2, status, text)
        break
      case eventAddRequest.command:
        if (context.pending.subscription(header.p2)?.cancelled === false)
          context.push({
            kind: 'update',
            subscription: header.p2,
            outcome: failureOf('update', status, text),
            bytes: 0,
          })
        break
      case createChannelRequest.command:
        context.push({ kind: 'lost', cid: header.p1, reason: 'create-failed' })
        break
      case writeRequest.command:
        context.push({
          kind: 'diagnostic',
          event: 'write-failed',
          fields: { sid: header.p1, eca: status, text },
        })
        break
      default:
        context.push({
          kind: 'diagnostic',
          event: 'circuit-violation',
          fields: { detail: text, eca: status },
        })
    }
    context.countError()
  }

  function onUpdate(message: Extract<CircuitReply, { kind: 'eventAddReply' }>): void {
    const subscription = context.pending.subscription(message.subscriptionId)
    if (subscription === undefined) return
    const { length } = message.payload
    if (subscription.cancelled) {
      if (length === 0) context.pending.dropSubscription(message.subscriptionId)
      return
    }
    if (length === 0 && message.status === eca.NORMAL) return
    const outcome = readingOf('update', message, subscription.scalar)
    context.push({ kind: 'update', subscription: message.subscriptionId, outcome, bytes: length })
  }

  function onCreated(message: Extract<CircuitReply, { kind: 'createChannelReply' }>): void {
    const native = nativeTypes[message.native]
    if (native === undefined) {
      context.violation(`native type ${message.native}`)
      context.push({ kind: 'lost', cid: message.cid, reason: 'create-failed' })
      return
    }
    context.push({ kind: 'created', cid: message.cid, sid: message.sid, native, count: message.count })
  }

  function lose(cid: number, reason: 'create-failed' | 'server-disconnect'): void {
    const error = new CaError('CA_DISCONNECTED', 'the server dropped the channel', { eca: eca.DISCONN })
    failRequests(context, error, cid)
    context.pending.dropSubscriptions(cid)
    context.push({ kind: 'lost', cid, reason })
  }

  const handlers: { [K in CircuitReply['kind']]?: (message: Extract<CircuitReply, { kind: K }>) => void } = {
    eventAddReply: onUpdate,
    errorReply: onError,
    readNotifyReply(message) {
      const request = context.pending.takeRequest(message.ioid)
      if (request?.kind !== 'read') return
      context.push({
        kind: 'read-done',
        ioid: message.ioid,
        outcome: readingOf('read', message, request.scalar),
      })
    },
    writeNotifyReply(message) {
      const request = context.pending.takeRequest(message.ioid)
      if (request?.kind !== 'write') return
      const error = message.status === eca.NORMAL ? null : failureOf('write', message.status)
      context.push({ kind: 'write-done', ioid: message.ioid, error })
    },
    createChannelReply: onCreated,
    createChannelFail: (message) => lose(message.cid, 'create-failed'),
    serverDisconnect: (message) => lose(message.cid, 'server-disconnect'),
    accessRights: (message) => context.push({ kind: 'access', cid: message.cid, rights: message.rights }),
    searchReply: ({ searchId, address, port }) => context.push({ kind: 'found', searchId, address, port }),
  }

  function settleTooLarge(ioid: number): void {
    if (context.pending.takeRequest(ioid)?.kind !== 'read') return
    const limit = context.maxPayloadBytes
    const outcome = new CaError('CA_TOO_LARGE', `the value is over ${limit} bytes`, { eca: eca.TOLARGE })
    context.push({ kind: 'read-done', ioid, outcome })
  }

  return {
    handle(message) {
      const handler = handlers[message.kind] as ((message: CircuitReply) => void) | undefined
      handler?.(message)
    },
    tooLarge: settleTooLarge,
  }
}
