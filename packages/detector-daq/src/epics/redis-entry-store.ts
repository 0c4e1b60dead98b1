import type { Redis } from 'ioredis'
import { closeRedis, openRedis, redisUnreachable, type RedisAddress } from '../redis/redis-link.ts'
import { parseEntry, type BufferEntry } from './buffer-entry.ts'
import {
  entriesPerPv,
  pageEntries,
  pulsesKept,
  type EntryStore,
  type PulseRecord,
  type StoredEntry,
} from './entry-store.ts'

/* Streams of the contract: one a PV, `pulse_id` with the pulse as id, `pulse_id_reverse` with the time as id. */

const byPulse = 'pulse_id'
const byTime = 'pulse_id_reverse'

type RawEntry = readonly [Buffer, readonly Buffer[]]

/** Entries in the streams of a Redis. Rejects with DAQ_REDIS_UNREACHABLE. */
export async function openRedisEntryStore(address: RedisAddress): Promise<EntryStore> {
  return new RedisEntryStore(await openRedis(address), address)
}

class RedisEntryStore implements EntryStore {
  private readonly redis: Redis
  private readonly address: RedisAddress
  private lastPulse = 0

  constructor(redis: Redis, address: RedisAddress) {
    this.redis = redis
    this.address = address
  }

  async addEntry(pv: string, entry: BufferEntry): Promise<void> {
    const { id, type, shape, value, status, connected } = entry
    const fields = [
      'id',
      id,
      'type',
      type,
      'shape',
      shape,
      'value',
      value,
      'status',
      status,
      'connected',
      connected,
    ]
    await this.ask(this.redis.xadd(pv, 'MAXLEN', '~', entriesPerPv, '*', ...fields))
  }

  async addPulse(pulse: PulseRecord): Promise<'stored' | 'stale'> {
    if (pulse.pulseId <= this.lastPulse) return 'stale'
    const times = ['buffer_timestamp', pulse.bufferNs.toString(), 'epics_timestamp', String(pulse.epicsUs)]
    try {
      await this.redis.xadd(byPulse, 'MAXLEN', '~', pulsesKept, String(pulse.pulseId), ...times)
    } catch (error) {
      // The stream knows a higher id from before our start.
      if (error instanceof Error && error.message.includes('equal or smaller')) return 'stale'
      throw redisUnreachable(this.address, error)
    }
    this.lastPulse = pulse.pulseId
    const fields = ['pulse_id', String(pulse.pulseId), 'epics_timestamp', String(pulse.epicsUs)]
    await this.ask(this.redis.xadd(byTime, 'MAXLEN', '~', pulsesKept, '*', ...fields))
    return 'stored'
  }

  async pulseBefore(pulseId: number): Promise<PulseRecord | undefined> {
    return pulseOf(await this.ask(this.redis.xrevrangeBuffer(byPulse, String(pulseId), '-', 'COUNT', 1)))
  }

  async pulseAfter(pulseId: number): Promise<PulseRecord | undefined> {
    return pulseOf(await this.ask(this.redis.xrangeBuffer(byPulse, String(pulseId), '+', 'COUNT', 1)))
  }

  async newestPulse(): Promise<PulseRecord | undefined> {
    return pulseOf(await this.ask(this.redis.xrevrangeBuffer(byPulse, '+', '-', 'COUNT', 1)))
  }

  async *pulsesBetween(fromMs: number, toMs: number): AsyncIterable<readonly PulseRecord[]> {
    for await (const page of this.pages(byTime, Math.max(0, fromMs), String(toMs)))
      yield page.flatMap(([id, fields]) => {
        const values = fieldsOf(fields)
        const pulseId = Number(values.get('pulse_id')?.toString())
        const epicsUs = Number(values.get('epics_timestamp')?.toString())
        const bufferNs = BigInt(msOf(id)) * 1_000_000n
        return Number.isSafeInteger(pulseId) && Number.isSafeInteger(epicsUs)
          ? [{ pulseId, epicsUs, bufferNs }]
          : []
      })
  }

  async *entriesAround(
    pv: string,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): AsyncIterable<readonly StoredEntry[]> {
    const before = await this.ask(this.redis.xrevrangeBuffer(pv, String(fromMs), '-', 'COUNT', 1))
    yield before.flatMap(storedOf)
    if (toMs - 1 > fromMs)
      for await (const page of this.pages(pv, fromMs + 1, String(toMs - 1))) yield page.flatMap(storedOf)
    const after = await this.ask(
      this.redis.xrangeBuffer(pv, String(Math.max(toMs, fromMs + 1)), '+', 'COUNT', 1),
    )
    yield after.flatMap(storedOf)
  }

  close(): Promise<void> {
    return closeRedis(this.redis)
  }

  private async *pages(key: string, fromMs: number, to: string): AsyncIterable<readonly RawEntry[]> {
    let from = String(fromMs)
    for (;;) {
      const page = await this.ask(this.redis.xrangeBuffer(key, from, to, 'COUNT', pageEntries))
      const last = page.at(-1)
      if (last === undefined) return
      yield page
      if (page.length < pageEntries) return
      from = `(${last[0].toString()}`
    }
  }

  private async ask<T>(command: Promise<T>): Promise<T> {
    try {
      return await command
    } catch (cause) {
      throw redisUnreachable(this.address, cause)
    }
  }
}

function fieldsOf(fields: readonly Buffer[]): ReadonlyMap<string, Buffer> {
  const map = new Map<string, Buffer>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name, value] = [fields[at], fields[at + 1]]
    if (name !== undefined && value !== undefined) map.set(name.toString(), value)
  }
  return map
}

function msOf(id: Buffer): number {
  return Number(id.toString().split('-')[0])
}

function storedOf([id, fields]: RawEntry): readonly StoredEntry[] {
  const entry = parseEntry(fieldsOf(fields))
  return entry === undefined ? [] : [{ atMs: msOf(id), entry }]
}

function pulseOf(found: readonly RawEntry[]): PulseRecord | undefined {
  const [first] = found
  if (first === undefined) return undefined
  const values = fieldsOf(first[1])
  const bufferText = values.get('buffer_timestamp')?.toString() ?? ''
  const epicsUs = Number(values.get('epics_timestamp')?.toString())
  if (!/^\d{1,20}$/.test(bufferText)) return undefined
  return { pulseId: msOf(first[0]), bufferNs: BigInt(bufferText), epicsUs }
}
