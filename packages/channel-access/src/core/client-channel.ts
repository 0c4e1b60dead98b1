import { dbrClassName, dbrId, dbrStsAckString, type NativeType } from '../dbr/dbr-type.ts'
import { CaError } from '../error.ts'
import { dynamicCountMinor } from '../messages/header.ts'
import type { ChannelState } from './channel-transitions.ts'
import type { ChannelInfo, ReadShape } from './client-actions.ts'
import { endpointText } from './endpoint.ts'
import type { CircuitRecord } from './circuit-pool.ts'

export interface SubscriptionRecord {
  readonly id: number
  readonly cid: number
  readonly shape: ReadShape
  readonly mask: number
  /** What was sent to the server; null while not subscribed there. */
  added: { readonly dbr: number; readonly count: number; readonly scalar: boolean } | null
  /** Whether updates came before: the next one after a reconnection says so. */
  seen: boolean
  reconnected: boolean
}

export interface ChannelRecord {
  readonly cid: number
  readonly name: string
  readonly priority: number
  state: ChannelState
  circuit: CircuitRecord | null
  sid: number
  native: NativeType
  count: number
  /** null until ACCESS_RIGHTS came: servers below minor 1 send none, and then everything is allowed. */
  rights: number | null
  /** Refusals in a row by servers that said they have the name. */
  failures: number
  readonly subscriptions: Map<number, SubscriptionRecord>
}

export function newChannel(cid: number, name: string, priority: number): ChannelRecord {
  return {
    cid,
    name,
    priority,
    state: 'searching',
    circuit: null,
    sid: 0,
    native: 'double',
    count: 0,
    rights: null,
    failures: 0,
    subscriptions: new Map(),
  }
}

export const readRight = 1
export const writeRight = 2

export function hasRight(channel: ChannelRecord, right: number): boolean {
  return ((channel.rights ?? readRight | writeRight) & right) !== 0
}

export function channelInfo(channel: ChannelRecord): ChannelInfo {
  return {
    name: channel.name,
    nativeType: channel.native,
    count: channel.count,
    canRead: hasRight(channel, readRight),
    canWrite: hasRight(channel, writeRight),
    server: channel.circuit === null ? '' : endpointText(channel.circuit.endpoint),
  }
}

export interface WireShape {
  readonly dbr: number
  readonly count: number
  readonly scalar: boolean
}

/** The type and count to ask for. Throws CA_VALUE_UNFIT for more elements than the channel has. */
export function wireShape(channel: ChannelRecord, shape: ReadShape): WireShape {
  const { type, form, count } = shape
  if (type === 'stsackString' || type === 'className')
    return { dbr: type === 'className' ? dbrClassName : dbrStsAckString, count: 1, scalar: true }
  if (count !== undefined && (count < 0 || count > channel.count))
    throw new CaError(
      'CA_VALUE_UNFIT',
      `${count} elements of ${channel.name}, which has at most ${channel.count}`,
    )
  const asked = count ?? 0
  // A scalar is asked for by its count, so that the reply cannot be empty.
  const all = channel.count === 1 || (channel.circuit?.circuit.minor ?? dynamicCountMinor) < dynamicCountMinor
  return {
    dbr: dbrId(type ?? channel.native, form),
    count: asked === 0 && all ? channel.count : asked,
    scalar: channel.count === 1 || asked === 1,
  }
}
