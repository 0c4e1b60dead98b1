import { BusAdministration } from './admin.ts'
import type { Bus, BusOptions } from './bus.ts'
import { clientOptions } from './client-options.ts'
import { consume } from './consume.ts'
import { BusError } from './error.ts'
import { OrderedProducer } from './producer.ts'
import { tail } from './tail.ts'

/** Opens a process's access to the bus. Connects when first used. Throws BUS_REFUSED for options that cannot be. */
export function openBus(options: BusOptions): Bus {
  clientOptions(options, 'check')
  const closed = new AbortController()
  const admin = new BusAdministration(options)
  const producers = new Set<OrderedProducer>()
  const running = new Set<Promise<void>>()
  const checkOpen = (): void => {
    if (!closed.signal.aborted) return
    const remedy = 'Open a new bus.'
    throw new BusError({ code: 'BUS_CLOSED', message: 'the bus is closed', fault: 'caller', remedy })
  }
  const track = (work: Promise<void>): Promise<void> => {
    running.add(work)
    const forget = (): void => void running.delete(work)
    work.then(forget, forget)
    return work
  }
  let closing: Promise<void> | null = null
  const shutDown = async (): Promise<void> => {
    closed.abort()
    await Promise.all([...producers].map((producer) => producer.abandon()))
    await Promise.allSettled(running)
    await admin.close()
  }
  return {
    admin,
    ensureTopics: async (topics, { signal } = {}) => {
      checkOpen()
      const until = signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal])
      await admin.ensureTopics(topics, until)
    },
    producer: (settings = {}) => {
      checkOpen()
      const producer = new OrderedProducer(options, settings)
      producers.add(producer)
      return producer
    },
    consume: async (wanted) => {
      checkOpen()
      await track(consume(options, wanted, closed.signal))
    },
    tail: async (wanted) => {
      checkOpen()
      await track(tail(options, wanted, closed.signal))
    },
    close: () => (closing ??= shutDown()),
  }
}
