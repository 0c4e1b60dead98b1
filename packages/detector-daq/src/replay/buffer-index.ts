import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Redis } from 'ioredis'
import {
  decodeBufferedMetadata,
  encodeBufferedMetadata,
  type BufferedMetadata,
} from '../core/replay-messages.ts'
import { closeRedis, openRedis, redisAddress } from '../redis/redis-link.ts'
import { bufferName } from './buffer-path.ts'

/** Which images are in the buffer and where. */
export interface BufferIndex {
  /** Entries live as long as the index keeps them. */
  put(entry: BufferedMetadata): Promise<void>
  /** The stored image with the lowest id from `id` on. */
  next(id: number): Promise<BufferedMetadata | undefined>
  close(): Promise<void>
}

export interface IndexOptions {
  readonly detector: string
  readonly keepMs: number
}

/** A Redis (`HOST:PORT`, `redis://...`) with the keys of the peer, or a SQLite file (`sqlite:PATH`). Rejects with DAQ_REDIS_UNREACHABLE, DAQ_CONFIG_INVALID. */
export async function openBufferIndex(address: string, options: IndexOptions): Promise<BufferIndex> {
  const path = /^sqlite:(.+)$/.exec(address)?.[1]
  if (path !== undefined) return sqliteIndex(path, options)
  return redisIndex(await openRedis(redisAddress(address, '--db_address')), options)
}

function redisIndex(redis: Redis, { detector, keepMs }: IndexOptions): BufferIndex {
  const prefix = `camera:${bufferName(detector)}`
  return {
    put: async (entry) => {
      const id = entry.metadata.image_id
      const value = Buffer.from(encodeBufferedMetadata(entry))
      await redis
        .multi()
        .set(`${prefix}:${id}`, value, 'PX', keepMs)
        .zadd(`${prefix}:ids`, id, String(id))
        .exec()
    },
    next: async (id) => {
      for (;;) {
        const [found] = await redis.zrangebyscore(`${prefix}:ids`, id, '+inf', 'LIMIT', 0, 1)
        if (found === undefined) return undefined
        const value = await redis.getBuffer(`${prefix}:${found}`)
        const entry = value === null ? undefined : decodeBufferedMetadata(value)
        if (entry !== undefined) return entry
        // Its time is over.
        await redis.zrem(`${prefix}:ids`, found)
      }
    },
    close: () => closeRedis(redis),
  }
}

function sqliteIndex(path: string, { detector, keepMs }: IndexOptions): BufferIndex {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path)
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000;
    create table if not exists images (detector text, id integer, entry blob, until_ms integer, primary key (detector, id))
    without rowid`)
  const name = bufferName(detector)
  const insert = database.prepare('insert or replace into images values (?, ?, ?, ?)')
  const forget = database.prepare('delete from images where detector = ? and until_ms < ?')
  const select = database.prepare(
    'select entry from images where detector = ? and id >= ? and until_ms >= ? order by id limit 1',
  )
  let forgottenMs = 0
  return {
    put: (entry) => {
      const nowMs = Date.now()
      insert.run(name, entry.metadata.image_id, encodeBufferedMetadata(entry), nowMs + keepMs)
      if (nowMs - forgottenMs > 10_000) {
        forgottenMs = nowMs
        forget.run(name, nowMs)
      }
      return Promise.resolve()
    },
    next: (id) => {
      const row = select.get(name, id, Date.now())
      const entry = row?.['entry']
      return Promise.resolve(entry instanceof Uint8Array ? decodeBufferedMetadata(entry) : undefined)
    },
    close: () => {
      database.close()
      return Promise.resolve()
    },
  }
}
