import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@beamtime/service-kit'
import type { Redis } from 'ioredis'

export interface StreamFollower {
  close(): Promise<void>
}

export interface FollowOptions {
  readonly key: string
  /** Takes the field `json` of an entry. What it throws is logged with the key. */
  readonly take: (id: string, json: string) => Promise<unknown>
  readonly log: Logger
}

const blockMs = 1_000
const retryMs = 1_000

/** Takes the entries of a stream that come from now on, one after the other. `redis` is used for nothing else: it waits at the server. */
export function followStream(redis: Redis, options: FollowOptions): StreamFollower {
  const stopping = new AbortController()
  const { key, log } = options

  async function take(id: string, fields: readonly string[]): Promise<void> {
    const at = fields.indexOf('json')
    if (at < 0) return
    try {
      await options.take(id, fields[at + 1] ?? '')
    } catch (error) {
      log.error('entry.refused', { id, key, message: error instanceof Error ? error.message : String(error) })
    }
  }

  async function run(): Promise<void> {
    let last: string | undefined
    while (!stopping.signal.aborted) {
      try {
        last ??= await newestId(redis, key)
        const answer = await redis.xread('BLOCK', blockMs, 'STREAMS', key, last)
        for (const [, entries] of answer ?? [])
          for (const [id, fields] of entries) {
            last = id
            await take(id, fields)
          }
      } catch {
        // Redis is away; entries of the meantime are read when it is back.
        await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    async close() {
      stopping.abort()
      redis.disconnect()
      await running
    },
  }
}

async function newestId(redis: Redis, key: string): Promise<string> {
  const [newest] = await redis.xrevrange(key, '+', '-', 'COUNT', 1)
  return newest?.[0] ?? '0-0'
}
