import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWriteFile } from '@beamtime/service-kit'
import { crc32c } from '../core/crc32c.ts'
import { BrokerError } from '../error.ts'
import { LogFile } from './log-file.ts'

/* An append-only journal with a snapshot beside it:
 *   journal.log    entries u32 length, u32 CRC-32C, JSON {"n": sequence number, "e": entry}
 *   snapshot.json  {"n": sequence number of the last entry in it, "state": ...}
 * Entries up to the snapshot's number are skipped when reading, so that a crash between the two files does no harm.
 * Reading stops at a torn tail, which is cut off. */

const frameHeaderBytes = 8
const maxEntryBytes = 64 * 1_048_576
const defaultCompactBytes = 8 * 1_048_576

export interface JournalOptions {
  readonly directory: string
  /** Gets the snapshot's state first, if there is one. */
  readonly restore: (state: unknown) => void
  /** Gets every later entry in order: those in the file when it is opened, new ones as soon as they are written. */
  readonly apply: (entry: unknown) => void
  /** The whole state, for a snapshot. */
  readonly state: () => unknown
  /** A journal of this size is replaced by a snapshot. Default 8 MiB. */
  readonly compactBytes?: number
}

interface Waiting {
  readonly entry: unknown
  readonly number: number
  readonly frame: Uint8Array
  readonly durable: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Journal {
  readonly #options: JournalOptions
  readonly #file: LogFile
  #sequence = 0
  #applied = 0
  #sizeBytes = 0
  #queue: Waiting[] = []
  #chain: Promise<void> = Promise.resolve()
  #isScheduled = false

  private constructor(options: JournalOptions) {
    this.#options = options
    this.#file = new LogFile(join(options.directory, 'journal.log'))
  }

  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options)
    await journal.#read()
    return journal
  }

  async #read(): Promise<void> {
    const snapshot = await readFile(join(this.#options.directory, 'snapshot.json'), 'utf8').catch(() => null)
    if (snapshot !== null) {
      const { n, state } = this.#parseSnapshot(snapshot)
      this.#sequence = n
      this.#options.restore(state)
    }
    const bytes = await readFile(this.#file.path).catch(() => Buffer.alloc(0))
    let at = 0
    for (;;) {
      const entry = readFrame(bytes, at)
      if (entry === null) break
      if (entry.n > this.#sequence) {
        this.#options.apply(entry.e)
        this.#sequence = entry.n
      }
      at = entry.end
    }
    if (at < bytes.byteLength) await this.#file.truncate(at)
    this.#sizeBytes = at
    this.#applied = this.#sequence
  }

  #parseSnapshot(text: string): { n: number; state: unknown } {
    try {
      return JSON.parse(text) as { n: number; state: unknown }
    } catch (cause) {
      const path = join(this.#options.directory, 'snapshot.json')
      throw new BrokerError({
        code: 'BROKER_DATA_UNREADABLE',
        message: `${path} is not readable as JSON`,
        fault: 'environment',
        remedy: 'Restore the file from a backup. Without it the broker does not know its topics or groups.',
        cause,
      })
    }
  }

  /** Writes the entry (with `durable`, to the disk), applies it, then resolves. Entries keep their order. */
  append(entry: unknown, durable: boolean): Promise<void> {
    this.#sequence++
    const number = this.#sequence
    const payload = Buffer.from(JSON.stringify({ n: number, e: entry }))
    const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.byteLength)
    frame.writeUInt32BE(payload.byteLength, 0)
    frame.writeUInt32BE(crc32c(payload), 4)
    frame.set(payload, frameHeaderBytes)
    return new Promise((resolve, reject) => {
      this.#queue.push({ entry, number, frame, durable, resolve, reject })
      if (this.#isScheduled) return
      this.#isScheduled = true
      this.#chain = this.#chain.then(() => this.#drain())
    })
  }

  async #drain(): Promise<void> {
    this.#isScheduled = false
    const queued = this.#queue
    this.#queue = []
    try {
      const frames = queued.map((waiting) => waiting.frame)
      await this.#file.write(frames, this.#sizeBytes)
      if (queued.some((waiting) => waiting.durable)) await this.#file.sync()
      this.#sizeBytes += frames.reduce((sum, frame) => sum + frame.byteLength, 0)
    } catch (error) {
      // What was written in part lies behind #sizeBytes: the next write covers it, and reading stops at its checksum.
      await this.#file.truncate(this.#sizeBytes).catch(() => undefined)
      for (const waiting of queued) waiting.reject(error)
      return
    }
    for (const waiting of queued) {
      this.#options.apply(waiting.entry)
      this.#applied = waiting.number
      waiting.resolve()
    }
    if (this.#sizeBytes > (this.#options.compactBytes ?? defaultCompactBytes)) {
      await this.#compact().catch(() => undefined) // tried again after the next entry
    }
  }

  async #compact(): Promise<void> {
    const { directory, state } = this.#options
    await atomicWriteFile(
      join(directory, 'snapshot.json'),
      JSON.stringify({ n: this.#applied, state: state() }),
    )
    await this.#file.truncate(0)
    this.#sizeBytes = 0
  }

  async close(): Promise<void> {
    await this.#chain
    await this.#file.close()
  }
}

function readFrame(bytes: Buffer, at: number): { n: number; e: unknown; end: number } | null {
  if (bytes.byteLength - at < frameHeaderBytes) return null
  const length = bytes.readUInt32BE(at)
  const start = at + frameHeaderBytes
  if (length === 0 || length > maxEntryBytes || start + length > bytes.byteLength) return null
  const payload = bytes.subarray(start, start + length)
  if (crc32c(payload) !== bytes.readUInt32BE(at + 4)) return null
  const { n, e } = JSON.parse(payload.toString('utf8')) as { n: number; e: unknown }
  return { n, e, end: start + length }
}
