import type { BufferEntry } from './buffer-entry.ts'

/** An entry at the time (ms since 1970) at which it came into the store. */
export interface StoredEntry {
  readonly atMs: number
  readonly entry: BufferEntry
}

/** One point of the mapping between pulses and time. */
export interface PulseRecord {
  readonly pulseId: number
  /** When it came here, nanoseconds since 1970. */
  readonly bufferNs: bigint
  /** EPICS time, microseconds since 1970. */
  readonly epicsUs: number
}

/** Entries that a PV keeps: a day at 10 Hz. */
export const entriesPerPv = 864_000
/** Pulses that are kept: a day at 100 Hz. */
export const pulsesKept = 8_640_000
/** Entries that are read at once. */
export const pageEntries = 1_000

/** Where the EPICS buffer keeps its entries: a Redis, or a SQLite file (daq contract 14). Rejects with DAQ_REDIS_UNREACHABLE or what the disk says. */
export interface EntryStore {
  addEntry(pv: string, entry: BufferEntry): Promise<void>
  /** 'stale' where the pulse is not above the last one: it is not stored. */
  addPulse(pulse: PulseRecord): Promise<'stored' | 'stale'>
  /** The newest pulse with an id up to this one. */
  pulseBefore(pulseId: number): Promise<PulseRecord | undefined>
  /** The oldest pulse with an id from this one on. */
  pulseAfter(pulseId: number): Promise<PulseRecord | undefined>
  newestPulse(): Promise<PulseRecord | undefined>
  /** Pulses that came between these times, both included, in order, page by page. */
  pulsesBetween(fromMs: number, toMs: number): AsyncIterable<readonly PulseRecord[]>
  /** The last entry at or before `fromMs`, all between, the first at or after `toMs`; page by page. */
  entriesAround(
    pv: string,
    range: { readonly fromMs: number; readonly toMs: number },
  ): AsyncIterable<readonly StoredEntry[]>
  close(): Promise<void>
}
