import type { CaReading } from '../dbr/dbr-reading.ts'
import type { DbrForm, NativeType } from '../dbr/dbr-type.ts'
import type { CaPutType, CaPutValue } from '../dbr/put-value.ts'
import type { CaError } from '../error.ts'
import type { Diagnostic } from './circuit-actions.ts'
import type { Endpoint } from './endpoint.ts'

/** What a connected channel is. Type and count may differ after a reconnection. */
export interface ChannelInfo {
  readonly name: string
  readonly nativeType: NativeType
  /** The most elements. */
  readonly count: number
  readonly canRead: boolean
  readonly canWrite: boolean
  /** Address of the server, host:port. */
  readonly server: string
}

/** `stsackString` and `className` (the record type) are single texts with a form of their own. */
export type CaReadType = NativeType | 'stsackString' | 'className'

export interface ReadShape {
  /** Undefined: the native type of the channel, whatever it is after a reconnection. */
  readonly type: CaReadType | undefined
  readonly form: DbrForm
  /** Undefined: as many as there are. */
  readonly count: number | undefined
}

export type ClientEvent =
  | {
      readonly kind: 'addresses'
      readonly udp: readonly Endpoint[]
      readonly nameServers: readonly Endpoint[]
    }
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly from: Endpoint }
  | { readonly kind: 'tick' }
  | { readonly kind: 'circuit-opened'; readonly circuit: number }
  | { readonly kind: 'circuit-bytes'; readonly circuit: number; readonly bytes: Uint8Array }
  | { readonly kind: 'circuit-backlog'; readonly circuit: number; readonly unprocessedBytes: number }
  | { readonly kind: 'circuit-ended'; readonly circuit: number; readonly reason: string }
  | { readonly kind: 'open-channel'; readonly cid: number; readonly name: string; readonly priority: number }
  | { readonly kind: 'close-channel'; readonly cid: number }
  | { readonly kind: 'read'; readonly cid: number; readonly request: number; readonly shape: ReadShape }
  | {
      readonly kind: 'write'
      readonly cid: number
      readonly request: number
      readonly value: CaPutValue
      readonly type: CaPutType | undefined
      /** Whether the server tells when processing is done; else write-done follows at once. */
      readonly notify: boolean
    }
  | { readonly kind: 'cancel'; readonly cid: number; readonly request: number }
  | {
      readonly kind: 'subscribe'
      readonly cid: number
      readonly subscription: number
      readonly shape: ReadShape
      readonly mask: number
    }
  | { readonly kind: 'unsubscribe'; readonly cid: number; readonly subscription: number }

export type ClientAction =
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly to: Endpoint }
  | { readonly kind: 'register'; readonly bytes: Uint8Array }
  | { readonly kind: 'start-repeater' }
  | { readonly kind: 'open-circuit'; readonly circuit: number; readonly to: Endpoint }
  | { readonly kind: 'send'; readonly circuit: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close-circuit'; readonly circuit: number }
  | { readonly kind: 'connected'; readonly cid: number; readonly info: ChannelInfo }
  | { readonly kind: 'disconnected'; readonly cid: number; readonly reason: string }
  | { readonly kind: 'access'; readonly cid: number; readonly info: ChannelInfo }
  | { readonly kind: 'read-done'; readonly request: number; readonly outcome: CaReading | CaError }
  | {
      readonly kind: 'write-done'
      readonly request: number
      readonly error: CaError | null
      /** Circuit that the bytes of a plain put went to; null when it failed or was answered. */
      readonly circuit: number | null
    }
  | {
      readonly kind: 'update'
      readonly subscription: number
      readonly outcome: CaReading | CaError
      /** The first update after a disconnection. */
      readonly reconnected: boolean
      readonly bytes: number
    }
  | Diagnostic
