import type { CaReading } from '../dbr/dbr-reading.ts'
import type { NativeType } from '../dbr/dbr-type.ts'
import type { CaError } from '../error.ts'

/** What a client circuit asks of its surroundings, or tells them. */
export type CircuitAction =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly reason: string }
  /** The server stated its version; searches over TCP may go out from minor 12 on. */
  | { readonly kind: 'greeted'; readonly minor: number }
  | { readonly kind: 'unresponsive' }
  | { readonly kind: 'responsive' }
  | {
      readonly kind: 'created'
      readonly cid: number
      readonly sid: number
      readonly native: NativeType
      readonly count: number
    }
  | { readonly kind: 'lost'; readonly cid: number; readonly reason: 'create-failed' | 'server-disconnect' }
  | { readonly kind: 'access'; readonly cid: number; readonly rights: number }
  | { readonly kind: 'read-done'; readonly ioid: number; readonly outcome: CaReading | CaError }
  | { readonly kind: 'write-done'; readonly ioid: number; readonly error: CaError | null }
  | {
      readonly kind: 'update'
      readonly subscription: number
      readonly outcome: CaReading | CaError
      readonly bytes: number
    }
  | { readonly kind: 'found'; readonly searchId: number; readonly address: number; readonly port: number }
  | Diagnostic

/** Something to log or count. */
export interface Diagnostic {
  readonly kind: 'diagnostic'
  readonly event: DiagnosticEvent
  readonly fields: Readonly<Record<string, string | number>>
}

export type DiagnosticEvent =
  | 'circuit-open'
  | 'circuit-closed'
  | 'circuit-unresponsive'
  | 'circuit-responsive'
  | 'circuit-violation'
  | 'datagram-malformed'
  | 'double-channel'
  | 'beacon-anomaly'
  | 'events-off'
  | 'events-on'
  | 'write-failed'
  | 'repeater-confirmed'
  | 'repeater-missing'
