import type { CaReading } from '../dbr/dbr-reading.ts'
import { CaError } from '../error.ts'
import { tcpSearchMinor } from '../messages/header.ts'
import { repeaterRegister } from '../messages/repeater-register.ts'
import { sameHost } from '../messages/search.ts'
import { createBeaconWatch } from './beacon-watch.ts'
import { createChannelLifecycle, idleCircuitMs } from './channel-lifecycle.ts'
import type { CircuitAction } from './circuit-actions.ts'
import type { CircuitRecord } from './circuit-pool.ts'
import type { ClientAction, ClientEvent } from './client-actions.ts'
import { channelInfo, type SubscriptionRecord } from './client-channel.ts'
import type { CircuitEvent } from './client-circuit.ts'
import { createClientRequests } from './client-requests.ts'
import { createClientState, type ClientCoreOptions } from './client-state.ts'
import { readDatagram } from './datagram.ts'
import { addressText, endpointText, type Endpoint } from './endpoint.ts'
import { createRepeaterRegistration } from './repeater-registration.ts'
import type { SearchBatch } from './search-scheduler.ts'

export interface ClientCore {
  step(event: ClientEvent, nowMs: number): readonly ClientAction[]
  /** When a tick is due; Infinity for never. */
  nextMs(): number
  takeChannelId(): number
  /** Ids of requests and subscriptions. */
  takeRequestId(): number
  counts(): {
    readonly channels: number
    readonly connected: number
    readonly searching: number
    readonly circuits: number
  }
}

function hostOf(address: number, sender: string): string {
  return address === 0 || address === sameHost ? sender : addressText(address)
}

/** The whole client without sockets, clock and chance: channels, circuits, search, beacons, repeater registration. */
export function createClientCore(options: ClientCoreOptions): ClientCore {
  const state = createClientState(options)
  const lifecycle = createChannelLifecycle(state, circuitStep)
  const requests = createClientRequests(state, { circuitStep, lifecycle })
  const beacons = createBeaconWatch(options.nowMs)
  const registration = createRepeaterRegistration(options.nowMs)
  let udp: readonly Endpoint[] = []

  function circuitStep(record: CircuitRecord, event: CircuitEvent): void {
    for (const action of record.circuit.step(event)) {
      const handler = circuitHandlers[action.kind] as (record: CircuitRecord, action: CircuitAction) => void
      handler(record, action)
    }
  }

  function onUpdate(
    subscription: SubscriptionRecord | undefined,
    action: { readonly outcome: CaReading | CaError; readonly bytes: number },
  ): void {
    if (subscription === undefined) return
    const { reconnected } = subscription
    subscription.reconnected = false
    subscription.seen = true
    state.push({
      kind: 'update',
      subscription: subscription.id,
      outcome: action.outcome,
      reconnected,
      bytes: action.bytes,
    })
  }

  function onReadDone(action: Extract<CircuitAction, { kind: 'read-done' }>): void {
    state.requestIds.release(action.ioid)
    const refreshed = state.refreshes.get(action.ioid)
    if (refreshed === undefined) {
      state.push({ kind: 'read-done', request: action.ioid, outcome: action.outcome })
      return
    }
    state.refreshes.delete(action.ioid)
    if (!(action.outcome instanceof CaError)) onUpdate(refreshed, { outcome: action.outcome, bytes: 0 })
  }

  const circuitHandlers: {
    [K in CircuitAction['kind']]: (record: CircuitRecord, action: Extract<CircuitAction, { kind: K }>) => void
  } = {
    send: (record, { bytes }) => state.push({ kind: 'send', circuit: record.id, bytes }),
    close(record, { reason }) {
      state.push({ kind: 'close-circuit', circuit: record.id })
      lifecycle.circuitLost(record, reason)
    },
    greeted(record, { minor }) {
      if (!record.nameServer || minor < tcpSearchMinor) return
      state.nameServers.greeted(record.endpoint)
      for (const batch of state.search.all()) sendSearch(record, batch)
    },
    unresponsive(record) {
      state.push({
        kind: 'diagnostic',
        event: 'circuit-unresponsive',
        fields: { server: endpointText(record.endpoint) },
      })
      lifecycle.stalled(record)
    },
    responsive(record) {
      state.push({
        kind: 'diagnostic',
        event: 'circuit-responsive',
        fields: { server: endpointText(record.endpoint) },
      })
      lifecycle.revived(record)
    },
    created: lifecycle.created,
    lost: (record, { cid, reason }) => lifecycle.refused(record, cid, reason),
    access(record, { cid, rights }) {
      const channel = state.channels.get(cid)
      if (channel === undefined || channel.circuit !== record) return
      channel.rights = rights
      if (channel.state === 'connected') state.push({ kind: 'access', cid, info: channelInfo(channel) })
    },
    'read-done': (_record, action) => onReadDone(action),
    'write-done'(_record, { ioid, error }) {
      state.requestIds.release(ioid)
      state.push({ kind: 'write-done', request: ioid, error, circuit: null })
    },
    update: (_record, action) => onUpdate(state.subscriptions.get(action.subscription), action),
    found: (record, { searchId, address, port }) =>
      lifecycle.found(searchId, { address: hostOf(address, record.endpoint.address), port }),
    diagnostic(record, action) {
      const fields = { ...action.fields, server: endpointText(record.endpoint) }
      if (action.event !== 'circuit-violation' || state.limiter.pass(record.key, state.nowMs))
        state.push({ ...action, fields })
    },
  }

  function sendSearch(record: CircuitRecord, batch: SearchBatch): void {
    circuitStep(record, { kind: 'search', bytes: batch.datagram.subarray(batch.searchesAt) })
  }

  function readyNameServers(): readonly CircuitRecord[] {
    return [...state.pool.all()].filter(
      ({ nameServer, circuit }) =>
        nameServer && !circuit.unresponsive && (circuit.minor ?? 0) >= tcpSearchMinor,
    )
  }

  function runSearch(): void {
    if (state.search.nextMs() > state.nowMs) return
    const servers = readyNameServers()
    if (udp.length + servers.length === 0) return
    for (const batch of state.search.take(state.nowMs, udp.length)) {
      for (const to of udp) state.push({ kind: 'datagram', bytes: batch.datagram, to })
      for (const server of servers) sendSearch(server, batch)
    }
  }

  function onDatagram(bytes: Uint8Array, from: Endpoint): void {
    const { messages, truncated } = readDatagram(bytes)
    if (truncated && state.limiter.pass(from.address, state.nowMs))
      state.push({ kind: 'diagnostic', event: 'datagram-malformed', fields: { from: endpointText(from) } })
    for (const message of messages) {
      switch (message.kind) {
        case 'searchReply':
          lifecycle.found(message.searchId, {
            address: hostOf(message.address, from.address),
            port: message.port,
          })
          break
        case 'beacon': {
          const server = endpointText({ address: hostOf(message.address, from.address), port: message.port })
          if (!beacons.observe({ server, counter: message.counter, nowMs: state.nowMs })) break
          state.push({ kind: 'diagnostic', event: 'beacon-anomaly', fields: { server } })
          state.search.hurry(state.nowMs)
          break
        }
        case 'repeaterConfirm':
          if (registration.confirmed(state.nowMs))
            state.push({ kind: 'diagnostic', event: 'repeater-confirmed', fields: {} })
          break
        case 'datagramVersion':
      }
    }
  }

  function tickRegistration(): void {
    const { register, missing } = registration.tick(state.nowMs)
    if (register) state.push({ kind: 'register', bytes: repeaterRegister.encode({ address: 0 }) })
    if (!missing) return
    state.push({ kind: 'diagnostic', event: 'repeater-missing', fields: {} })
    state.push({ kind: 'start-repeater' })
  }

  function tickCircuits(): void {
    if (state.nowMs < state.circuitsDueMs) return
    state.circuitsDueMs = Infinity
    for (const record of state.pool.all()) {
      const idleUntilMs =
        record.nameServer || record.idleSinceMs === null ? Infinity : record.idleSinceMs + idleCircuitMs
      if (idleUntilMs <= state.nowMs) {
        lifecycle.closeCircuit(record, 'no channel uses it')
        continue
      }
      circuitStep(record, { kind: 'tick', nowMs: state.nowMs })
      state.circuitsDueMs = Math.min(state.circuitsDueMs, record.circuit.nextMs(), idleUntilMs)
    }
  }

  function tick(): void {
    for (const endpoint of state.nameServers.due(state.nowMs)) {
      if (state.pool.find(endpoint, 0) === undefined) lifecycle.addCircuit(endpoint, 0)
    }
    tickCircuits()
    runSearch()
    tickRegistration()
  }

  function onCircuit(id: number, event: CircuitEvent): void {
    const record = state.pool.get(id)
    if (record === undefined) return
    circuitStep(record, event)
    // Bytes end a wait of the watchdog, and the next one may be shorter.
    state.circuitsDueMs = Math.min(state.circuitsDueMs, record.circuit.nextMs())
  }

  const steps: { [K in ClientEvent['kind']]: (event: Extract<ClientEvent, { kind: K }>) => void } = {
    addresses(event) {
      udp = event.udp
      state.nameServers.set(event.nameServers, state.nowMs)
      tick()
    },
    datagram: (event) => onDatagram(event.bytes, event.from),
    tick,
    'circuit-opened'({ circuit }) {
      const record = state.pool.get(circuit)
      if (record === undefined) return
      state.push({
        kind: 'diagnostic',
        event: 'circuit-open',
        fields: { server: endpointText(record.endpoint) },
      })
      onCircuit(circuit, { kind: 'opened', nowMs: state.nowMs })
    },
    'circuit-bytes': ({ circuit, bytes }) => onCircuit(circuit, { kind: 'bytes', bytes, nowMs: state.nowMs }),
    'circuit-backlog': ({ circuit, unprocessedBytes }) =>
      onCircuit(circuit, { kind: 'backlog', unprocessedBytes }),
    'circuit-ended'({ circuit, reason }) {
      const record = state.pool.get(circuit)
      if (record === undefined) return
      circuitStep(record, { kind: 'ended' })
      lifecycle.circuitLost(record, reason)
    },
    'open-channel': (event) => lifecycle.open(event),
    'close-channel': ({ cid }) => lifecycle.close(cid),
    read: (event) => requests.read(event),
    write: (event) => requests.write(event),
    cancel: (event) => requests.cancel(event),
    subscribe: (event) => requests.subscribe(event),
    unsubscribe: (event) => requests.unsubscribe(event),
  }

  return {
    step(event, nowMs) {
      state.nowMs = nowMs
      const handle = steps[event.kind] as (event: ClientEvent) => void
      handle(event)
      return state.takeActions()
    },
    nextMs() {
      const searchable = udp.length > 0 || readyNameServers().length > 0
      return Math.min(
        state.circuitsDueMs,
        searchable ? state.search.nextMs() : Infinity,
        state.nameServers.nextMs(),
        registration.nextMs(),
      )
    },
    takeChannelId: () => state.channelIds.take(),
    takeRequestId: () => state.requestIds.take(),
    counts() {
      let connected = 0
      for (const channel of state.channels.values()) if (channel.state === 'connected') connected += 1
      return {
        channels: state.channels.size,
        connected,
        searching: state.search.size,
        circuits: state.pool.size,
      }
    },
  }
}
