import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@beamtime/service-kit'
import type { Redis } from 'ioredis'

/** Entries of `daq:config` are configurations that somebody else wants to have in force. */
export interface ConfigFollower {
  close(): Promise<void>
}

const blockMs = 1_000
const retryMs = 1_000

interface FollowOptions {
  /** Entries with these ids are our own. */
  isOwn(id: string): boolean
  /** Takes a configuration as JSON. What it throws is logged with its key. */
  apply(config: unknown): Promise<unknown>
  readonly log: Logger
}

/** Follows `daq:config` from now on. `redis` is used for nothing else: it waits at the server. */
export function followConfig(redis: Redis, options: FollowOptions): ConfigFollower {
  const stopping = new AbortController()
  const { log } = options

  async function take(id: string, fields: readonly string[]): Promise<void> {
    if (options.isOwn(id)) return
    const at = fields.indexOf('json')
    try {
      await options.apply(JSON.parse(fields[at + 1] ?? ''))
      log.info('config.taken', { id })
    } catch (error) {
      log.error('config.refused', {
        id,
        key: 'daq:config',
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }

  async function run(): Promise<void> {
    let last: string | undefined
    while (!stopping.signal.aborted) {
      try {
        last ??= await newestId(redis)
        const answer = await redis.xread('BLOCK', blockMs, 'STREAMS', 'daq:config', last)
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

async function newestId(redis: Redis): Promise<string> {
  const [newest] = await redis.xrevrange('daq:config', '+', '-', 'COUNT', 1)
  return newest?.[0] ?? '0-0'
}
