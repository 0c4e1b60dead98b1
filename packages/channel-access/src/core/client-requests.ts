import { eca } from '../dbr/eca.ts'
import { encodePut } from '../dbr/put-value.ts'
import { CaError } from '../error.ts'
import type { ChannelLifecycle } from './channel-lifecycle.ts'
import type { CircuitRecord } from './circuit-pool.ts'
import type { ClientEvent } from './client-actions.ts'
import { hasRight, readRight, wireShape, writeRight, type ChannelRecord } from './client-channel.ts'
import type { CircuitEvent } from './client-circuit.ts'
import type { ClientState } from './client-state.ts'

type Of<K extends ClientEvent['kind']> = Extract<ClientEvent, { kind: K }>

/** Reads, puts and subscriptions of callers. */
export interface ClientRequests {
  read(event: Of<'read'>): void
  write(event: Of<'write'>): void
  cancel(event: Of<'cancel'>): void
  subscribe(event: Of<'subscribe'>): void
  unsubscribe(event: Of<'unsubscribe'>): void
}

interface Connected {
  readonly channel: ChannelRecord
  readonly record: CircuitRecord
}

export function createClientRequests(
  state: ClientState,
  parts: {
    readonly lifecycle: ChannelLifecycle
    readonly circuitStep: (record: CircuitRecord, event: CircuitEvent) => void
  },
): ClientRequests {
  /** Throws when the channel cannot be asked now. A put is never kept for later: nobody wants a motor to start when a server returns. */
  function connected(cid: number, right: number): Connected {
    const channel = state.channels.get(cid)
    if (channel === undefined) throw new CaError('CA_CLOSED', 'the channel is closed')
    const record = channel.circuit
    if (record === null || channel.state !== 'connected')
      throw new CaError('CA_DISCONNECTED', `${channel.name} is not connected`, { eca: eca.DISCONN })
    if (hasRight(channel, right)) return { channel, record }
    if (right === writeRight)
      throw new CaError('CA_NO_WRITE_ACCESS', `no put to ${channel.name}`, { eca: eca.NOWTACCESS })
    throw new CaError('CA_NO_READ_ACCESS', `no read of ${channel.name}`, { eca: eca.NORDACCESS })
  }

  function attempt(request: number, work: () => void, fail: (error: CaError) => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof CaError)) throw error
      state.requestIds.release(request)
      fail(error)
    }
  }

  return {
    read({ cid, request, shape }) {
      attempt(
        request,
        () => {
          const { channel, record } = connected(cid, readRight)
          const wire = wireShape(channel, shape)
          parts.circuitStep(record, { kind: 'read', ioid: request, cid, sid: channel.sid, ...wire })
        },
        (error) => state.push({ kind: 'read-done', request, outcome: error }),
      )
    },
    write({ cid, request, value, type, notify }) {
      attempt(
        request,
        () => {
          const { channel, record } = connected(cid, writeRight)
          const put = encodePut(value, { native: channel.native, count: channel.count, type })
          parts.circuitStep(record, { kind: 'write', ioid: request, cid, sid: channel.sid, notify, ...put })
          if (notify) return
          state.requestIds.release(request)
          state.push({ kind: 'write-done', request, error: null, circuit: record.id })
        },
        (error) => state.push({ kind: 'write-done', request, error, circuit: null }),
      )
    },
    cancel({ cid, request }) {
      const record = state.channels.get(cid)?.circuit
      if (record !== null && record !== undefined)
        parts.circuitStep(record, { kind: 'cancel', ioid: request })
      state.requestIds.release(request)
    },
    subscribe({ cid, subscription: id, shape, mask }) {
      const channel = state.channels.get(cid)
      if (channel === undefined) return
      const subscription = { id, cid, shape, mask, added: null, seen: false, reconnected: false }
      channel.subscriptions.set(id, subscription)
      state.subscriptions.set(id, subscription)
      parts.lifecycle.addSubscription(channel, subscription)
    },
    unsubscribe({ cid, subscription: id }) {
      const channel = state.channels.get(cid)
      const subscription = channel?.subscriptions.get(id)
      if (channel === undefined || subscription === undefined) return
      channel.subscriptions.delete(id)
      state.subscriptions.delete(id)
      state.requestIds.release(id)
      if (channel.circuit !== null && subscription.added !== null)
        parts.circuitStep(channel.circuit, {
          kind: 'unsubscribe',
          id,
          sid: channel.sid,
          ...subscription.added,
        })
    },
  }
}
