import { eca } from '../dbr/eca.ts'
import { CaError } from '../error.ts'
import { channelTransitions, type ChannelInput } from './channel-transitions.ts'
import type { CircuitAction } from './circuit-actions.ts'
import type { CircuitRecord } from './circuit-pool.ts'
import {
  channelInfo,
  newChannel,
  wireShape,
  type ChannelRecord,
  type SubscriptionRecord,
} from './client-channel.ts'
import type { CircuitEvent } from './client-circuit.ts'
import type { ClientState } from './client-state.ts'
import { endpointText, type Endpoint } from './endpoint.ts'

/** A circuit without channels is closed after this. */
export const idleCircuitMs = 1_000

/** How channels come to a circuit, leave it and find another. */
export interface ChannelLifecycle {
  readonly open: (channel: { readonly cid: number; readonly name: string; readonly priority: number }) => void
  readonly close: (cid: number) => void
  /** A server says that it has the name. */
  readonly found: (cid: number, endpoint: Endpoint) => void
  readonly created: (record: CircuitRecord, created: Extract<CircuitAction, { kind: 'created' }>) => void
  readonly refused: (record: CircuitRecord, cid: number, reason: string) => void
  readonly stalled: (record: CircuitRecord) => void
  readonly revived: (record: CircuitRecord) => void
  readonly circuitLost: (record: CircuitRecord, reason: string) => void
  readonly closeCircuit: (record: CircuitRecord, reason: string) => void
  readonly addCircuit: (endpoint: Endpoint, priority: number) => CircuitRecord
  readonly addSubscription: (channel: ChannelRecord, subscription: SubscriptionRecord) => void
}

export function createChannelLifecycle(
  state: ClientState,
  circuitStep: (record: CircuitRecord, event: CircuitEvent) => void,
): ChannelLifecycle {
  function move(channel: ChannelRecord, input: ChannelInput): boolean {
    const next = channelTransitions[channel.state][input]
    if (next === undefined) return false
    channel.state = next
    return true
  }

  function leaveCircuit(channel: ChannelRecord): void {
    const record = channel.circuit
    if (record === null) return
    record.cids.delete(channel.cid)
    channel.circuit = null
    for (const subscription of channel.subscriptions.values()) subscription.added = null
    if (record.cids.size === 0 && !record.nameServer) {
      record.idleSinceMs = state.nowMs
      state.circuitsDueMs = Math.min(state.circuitsDueMs, state.nowMs + idleCircuitMs)
    }
  }

  function disconnected(channel: ChannelRecord, reason: string): void {
    for (const subscription of channel.subscriptions.values()) subscription.reconnected = subscription.seen
    state.push({ kind: 'disconnected', cid: channel.cid, reason })
  }

  function searchAgain(channel: ChannelRecord): void {
    if (!state.search.has(channel.cid))
      state.search.addLater(channel.cid, channel.name, { nowMs: state.nowMs, failures: channel.failures })
  }

  /** The circuit is gone: its channels are searched. */
  function circuitLost(record: CircuitRecord, reason: string): void {
    state.pool.remove(record)
    state.push({
      kind: 'diagnostic',
      event: 'circuit-closed',
      fields: { server: endpointText(record.endpoint), reason },
    })
    for (const cid of record.cids) {
      const channel = state.channels.get(cid)
      if (channel === undefined) continue
      const wasConnected = channel.state === 'connected'
      move(channel, 'circuit-lost')
      leaveCircuit(channel)
      if (wasConnected) disconnected(channel, reason)
      searchAgain(channel)
    }
    if (record.nameServer) state.nameServers.lost(record.endpoint, state.nowMs)
  }

  function closeCircuit(record: CircuitRecord, reason: string): void {
    state.push({ kind: 'close-circuit', circuit: record.id })
    circuitStep(record, { kind: 'ended' })
    circuitLost(record, reason)
  }

  function circuitTo(endpoint: Endpoint, priority: number): CircuitRecord {
    const known = state.pool.find(endpoint, priority)
    if (known !== undefined && !known.circuit.unresponsive) return known
    // The server answers searches but not this circuit: it lost its half of it.
    if (known !== undefined) closeCircuit(known, 'found again while unresponsive')
    return addCircuit(endpoint, priority)
  }

  function addCircuit(endpoint: Endpoint, priority: number): CircuitRecord {
    const nameServer = priority === 0 && state.nameServers.has(endpoint)
    const record = state.pool.add({ endpoint, priority, nameServer, nowMs: state.nowMs })
    state.circuitsDueMs = Math.min(state.circuitsDueMs, record.circuit.nextMs())
    state.push({ kind: 'open-circuit', circuit: record.id, to: endpoint })
    return record
  }

  function found(cid: number, endpoint: Endpoint): void {
    const channel = state.channels.get(cid)
    if (channel === undefined || endpoint.port === 0) return
    if (channel.state === 'creating' || channel.state === 'connected') {
      const first = channel.circuit === null ? '' : endpointText(channel.circuit.endpoint)
      if (first === endpointText(endpoint)) return
      const fields = { name: channel.name, first, second: endpointText(endpoint), eca: eca.DBLCHNL }
      state.push({ kind: 'diagnostic', event: 'double-channel', fields })
      return
    }
    const stalled = channel.circuit
    if (!move(channel, 'found')) return
    state.search.remove(cid)
    leaveCircuit(channel)
    const record = circuitTo(endpoint, channel.priority)
    channel.circuit = record
    channel.rights = null
    record.cids.add(cid)
    record.idleSinceMs = null
    circuitStep(record, { kind: 'create', cid, name: channel.name })
    if (stalled !== null && state.pool.get(stalled.id) === stalled && stalled.circuit.unresponsive)
      closeCircuit(stalled, 'its channels were found elsewhere')
  }

  function addSubscription(channel: ChannelRecord, subscription: SubscriptionRecord): void {
    const record = channel.circuit
    if (record === null || channel.state !== 'connected' || subscription.added !== null) return
    try {
      const wire = wireShape(channel, subscription.shape)
      subscription.added = wire
      const { id, mask, cid } = subscription
      circuitStep(record, { kind: 'subscribe', id, mask, cid, sid: channel.sid, ...wire })
    } catch (error) {
      if (!(error instanceof CaError)) throw error
      state.push({
        kind: 'update',
        subscription: subscription.id,
        outcome: error,
        reconnected: false,
        bytes: 0,
      })
    }
  }

  function connected(channel: ChannelRecord): void {
    channel.failures = 0
    state.push({ kind: 'connected', cid: channel.cid, info: channelInfo(channel) })
    for (const subscription of channel.subscriptions.values()) addSubscription(channel, subscription)
  }

  function onCreated(record: CircuitRecord, action: Extract<CircuitAction, { kind: 'created' }>): void {
    const channel = state.channels.get(action.cid)
    if (channel === undefined || channel.circuit !== record || channel.state !== 'creating') {
      // Closed or moved while the server created it.
      if (channel?.circuit !== record)
        circuitStep(record, { kind: 'clear', cid: action.cid, sid: action.sid })
      return
    }
    channel.sid = action.sid
    channel.native = action.native
    channel.count = action.count
    move(channel, 'created')
    connected(channel)
  }

  function onRefused(record: CircuitRecord, cid: number, reason: string): void {
    const channel = state.channels.get(cid)
    if (channel === undefined || channel.circuit !== record) return
    const wasConnected = channel.state === 'connected'
    if (!move(channel, 'refused')) return
    leaveCircuit(channel)
    if (wasConnected) disconnected(channel, reason)
    searchAgain(channel)
    channel.failures += 1
  }

  function onStalled(record: CircuitRecord): void {
    for (const cid of record.cids) {
      const channel = state.channels.get(cid)
      if (channel === undefined) continue
      const wasConnected = channel.state === 'connected'
      move(channel, 'circuit-stalled')
      if (wasConnected) disconnected(channel, 'unresponsive')
      searchAgain(channel)
    }
  }

  function onRevived(record: CircuitRecord): void {
    for (const cid of record.cids) {
      const channel = state.channels.get(cid)
      if (channel === undefined || !move(channel, 'circuit-revived')) continue
      state.search.remove(cid)
      if (channel.state !== 'connected') continue
      connected(channel)
      // The server never noticed, so nothing is added again: a read gives the fresh value.
      for (const subscription of channel.subscriptions.values()) refresh(channel, subscription, record)
    }
  }

  function refresh(channel: ChannelRecord, subscription: SubscriptionRecord, record: CircuitRecord): void {
    if (subscription.added === null) return
    const ioid = state.requestIds.take()
    state.refreshes.set(ioid, subscription)
    circuitStep(record, { kind: 'read', ioid, cid: channel.cid, sid: channel.sid, ...subscription.added })
  }

  return {
    open({ cid, name, priority }) {
      state.channels.set(cid, newChannel(cid, name, priority))
      state.search.add(cid, name, state.nowMs)
    },
    close(cid) {
      const channel = state.channels.get(cid)
      if (channel === undefined) return
      const record = channel.circuit
      const hadSid = channel.state === 'connected' || channel.state === 'stalled'
      move(channel, 'close')
      state.search.remove(cid)
      state.channels.delete(cid)
      state.channelIds.release(cid)
      for (const id of channel.subscriptions.keys()) {
        state.subscriptions.delete(id)
        state.requestIds.release(id)
      }
      if (record !== null && hadSid) circuitStep(record, { kind: 'clear', cid, sid: channel.sid })
      leaveCircuit(channel)
    },
    found,
    created: onCreated,
    refused: onRefused,
    stalled: onStalled,
    revived: onRevived,
    circuitLost,
    closeCircuit,
    addCircuit,
    addSubscription,
  }
}
