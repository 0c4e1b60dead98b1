import type { ChannelInfo, CaReadType } from '../core/client-actions.ts'
import type { CaMetadata, CaReading } from '../dbr/dbr-reading.ts'
import type { DbrForm } from '../dbr/dbr-type.ts'
import type { CaPutType, CaPutValue } from '../dbr/put-value.ts'
import type { CaUpdate } from './update-buffer.ts'

export interface GetOptions {
  /** Default: the native type of the channel. `string` makes the server format numbers and name enum states. */
  readonly type?: CaReadType
  /** What comes with the value. Default `time`. */
  readonly form?: DbrForm
  /** Elements. Default: as many as there are. */
  readonly count?: number
  readonly signal?: AbortSignal
}

export interface PutOptions {
  /** Default: the native type; a text goes as `string` (to an array of `char` as its bytes and a NUL). */
  readonly type?: CaPutType
  readonly signal?: AbortSignal
}

export interface MonitorOptions extends GetOptions {
  /** Bits of `eventMask`. Default value and alarm, as other clients ask. */
  readonly mask?: number
  /** Updates that may wait for the consumer. Default 1,000. */
  readonly maxUpdates?: number
  /** Bytes that may wait for the consumer. Default 16,777,216; one update always fits. */
  readonly maxBytes?: number
}

/** Updates in order. Ends when its signal aborts or `close` is called; rejects when the server refuses or the channel closes. */
export interface Monitor extends AsyncIterableIterator<CaUpdate, undefined> {
  /** Updates lost so far because they were not taken in time. */
  readonly dropped: number
  close(): void
}

export interface ChannelEvents {
  /** null: disconnected. */
  connection: ChannelInfo | null
  /** Access rights changed while connected. */
  access: ChannelInfo
  /** Units, limits or states: when the listener is added, after each reconnection and whenever they change. */
  property: CaMetadata
}

/** One PV. All methods reject with CaError. */
export interface CaChannel {
  readonly name: string
  /** null while disconnected. */
  readonly info: ChannelInfo | null
  /** Waits until connected, for ever without a signal. */
  connected(signal?: AbortSignal): Promise<ChannelInfo>
  /** Reads once. Rejects at once with CA_DISCONNECTED while disconnected. */
  get(options?: GetOptions): Promise<CaReading>
  /** Writes without waiting for the record: resolves when the bytes left. A refusal shows as `write-failed` only. */
  put(value: CaPutValue, options?: PutOptions): Promise<void>
  /** Writes and waits until processing (a motion, an acquisition) is done. No time-out but the signal's. */
  putCallback(value: CaPutValue, options?: PutOptions): Promise<void>
  /** Subscribes now and across reconnections. */
  monitor(options?: MonitorOptions): Monitor
  /** Calls the listener on each event; gives the function that stops it. */
  on<E extends keyof ChannelEvents>(event: E, listener: (value: ChannelEvents[E]) => void): () => void
  /** Pending calls reject with CA_CLOSED. May be called twice. */
  close(): void
}
