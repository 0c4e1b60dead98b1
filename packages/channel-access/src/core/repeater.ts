/* Hands the beacons that arrive at one UDP port of a host to every Channel Access client on it.
 * REPEATER_REGISTER or an empty datagram from a local address: its port becomes a client and gets CONFIRM. Every other datagram goes to
 * all clients but its sender; a beacon without an address gets that of its sender. A client whose port can be bound has died.
 * Source: EPICS base repeater.cpp. */
import { beacon } from '../messages/beacon.ts'
import { readHeader, writeU32 } from '../messages/header.ts'
import { repeaterConfirm } from '../messages/repeater-confirm.ts'
import { repeaterRegister } from '../messages/repeater-register.ts'
import { addressNumber, type Endpoint } from './endpoint.ts'

export type RepeaterAction =
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly to: Endpoint }
  /** Try to bind these ports; report those that were free. */
  | { readonly kind: 'probe'; readonly clients: readonly Endpoint[] }

export type RepeaterEvent =
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly from: Endpoint; readonly nowMs: number }
  | { readonly kind: 'free'; readonly client: Endpoint }

export interface Repeater {
  step(event: RepeaterEvent): readonly RepeaterAction[]
  readonly clients: number
}

const maxClients = 1_000
const probeEveryMs = 1_000
const oldestRegistrationBytes = 0

export function createRepeater(options: { isLocal(address: string): boolean }): Repeater {
  const clients = new Map<number, Endpoint>()
  let probedMs = -Infinity

  function register(from: Endpoint, nowMs: number): readonly RepeaterAction[] {
    const others = [...clients.values()].filter((client) => client.port !== from.port)
    if (clients.size < maxClients) clients.set(from.port, from)
    const address = addressNumber(from.address) ?? 0
    const confirm: RepeaterAction = { kind: 'send', bytes: repeaterConfirm.encode({ address }), to: from }
    if (others.length === 0 || nowMs - probedMs < probeEveryMs) return [confirm]
    probedMs = nowMs
    return [confirm, { kind: 'probe', clients: others }]
  }

  function withSender(bytes: Uint8Array, from: Endpoint): Uint8Array {
    const header = readHeader(bytes, 0, bytes.length)
    if (header?.command !== beacon.command || header.p2 !== 0) return bytes
    const filled = bytes.slice()
    writeU32(filled, 12, addressNumber(from.address) ?? 0)
    return filled
  }

  return {
    step(event) {
      if (event.kind === 'free') {
        clients.delete(event.client.port)
        return []
      }
      const { bytes, from, nowMs } = event
      const command = readHeader(bytes, 0, bytes.length)?.command
      if (bytes.length === oldestRegistrationBytes || command === repeaterRegister.command)
        return options.isLocal(from.address) && from.port !== 0 ? register(from, nowMs) : []
      const forwarded = withSender(bytes, from)
      return [...clients.values()]
        .filter((client) => client.port !== from.port || client.address !== from.address)
        .map((to) => ({ kind: 'send', bytes: forwarded, to }))
    },
    get clients() {
      return clients.size
    },
  }
}
