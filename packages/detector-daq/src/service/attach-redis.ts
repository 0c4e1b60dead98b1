import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceContext } from '@beamtime/service-kit'
import { followStream } from '../redis/stream-follower.ts'
import { publishDaqStreams } from '../redis/daq-streams.ts'
import { closeRedis, openRedis, redisAddress, type RedisAddress } from '../redis/redis-link.ts'
import type { Daq } from './daq.ts'

const retryMs = 5_000

/**
 * Publishes the detector's state to a Redis and takes configurations from there (daq contract 12). A Redis that is away at the start is
 * logged with its key and tried again every 5 s. Throws DAQ_CONFIG_INVALID for an address that is none.
 */
export function attachRedis(
  daq: Daq,
  settings: { readonly address: string; readonly name: string },
  context: ServiceContext,
): { close(): Promise<void> } {
  const address = redisAddress(settings.address, `daq.${settings.name}.redis`)
  const stopping = new AbortController()
  let close: () => Promise<void> = () => Promise.resolve()

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        close = await attach(daq, address, context)
        context.health.set('redis', { ok: true })
        if (stopping.signal.aborted) await close()
        return
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        context.log.error('redis.unreachable', { key: address.key, message })
        context.health.set('redis', { ok: false, detail: message })
        await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    async close() {
      stopping.abort()
      await running
      await close()
    },
  }
}

async function attach(
  daq: Daq,
  address: RedisAddress,
  { log }: ServiceContext,
): Promise<() => Promise<void>> {
  const redis = await openRedis(address)
  const own = new Set<string>()
  const streams = publishDaqStreams(redis, daq, { log, onConfig: (id) => remember(own, id) })
  const follower = followStream(await openRedis(address), {
    key: 'daq:config',
    take: async (id, json) => {
      if (own.has(id)) return
      await daq.changeConfig(JSON.parse(json))
      log.info('config.taken', { id, key: 'daq:config' })
    },
    log,
  })
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await follower.close()
    await streams.close()
    await closeRedis(redis)
  }
  return () => (closing ??= close())
}

function remember(own: Set<string>, id: string): void {
  own.add(id)
  const [oldest] = own
  if (own.size > 100 && oldest !== undefined) own.delete(oldest)
}
