import type { Bus, BusRecord, ConsumedBatch, OutgoingRecord, PartitionLag } from '@beamtime/bus'

/** A bus in memory: one partition a topic, one consumer, commits as the real one does. */
export interface FakeBus extends Bus {
  readonly sent: OutgoingRecord[]
  /** First offset of each topic that is not committed. */
  readonly committed: Map<string, number>
  publish(topic: string, values: readonly Uint8Array[]): void
  /** The next consume or batch fails with this. */
  failNext(error: Error): void
}

function refuse(): never {
  throw new Error('the fake bus does not do this')
}

export function fakeBus(): FakeBus {
  const logs = new Map<string, BusRecord[]>()
  const committed = new Map<string, number>()
  const sent: OutgoingRecord[] = []
  let wake = Promise.withResolvers<void>()
  let failure: Error | null = null

  const publish = (topic: string, values: readonly Uint8Array[]): void => {
    const log = logs.get(topic) ?? []
    logs.set(topic, log)
    for (const value of values) {
      log.push({
        topic,
        partition: 0,
        offset: BigInt(log.length),
        timestampMs: 0,
        key: null,
        value,
        headers: [],
      })
    }
    wake.resolve()
    wake = Promise.withResolvers<void>()
  }
  const stopped = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  const throwFailure = (): void => {
    if (!failure) return
    const error = failure
    failure = null
    throw error
  }
  const deliver = async (
    topic: string,
    onBatch: (batch: ConsumedBatch) => Promise<void>,
  ): Promise<boolean> => {
    const from = committed.get(topic) ?? 0
    const records = (logs.get(topic) ?? []).slice(from, from + 500)
    if (records.length === 0) return false
    await onBatch({ topic, partition: 0, records })
    throwFailure()
    committed.set(topic, from + records.length)
    return true
  }

  return {
    sent,
    committed,
    publish,
    failNext: (error) => void (failure = error),
    ensureTopics: () => Promise.resolve(),
    producer: () => ({
      send: (record) => {
        sent.push(record)
        return Promise.resolve({ partition: 0, offset: BigInt(sent.length - 1) })
      },
      sendBatch: () => refuse(),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
    async consume(options) {
      options.onState?.('connected')
      while (!options.signal.aborted) {
        const { promise } = wake
        const delivered: boolean[] = []
        for (const topic of options.topics)
          delivered.push(await deliver(topic, async (batch) => void (await options.onBatch(batch))))
        if (!delivered.includes(true)) await Promise.race([promise, stopped(options.signal)])
      }
    },
    async tail(options) {
      const from =
        typeof options.from === 'object' && 'offset' in options.from ? Number(options.from.offset) : 0
      await options.onRecords((logs.get(options.topic) ?? []).slice(from))
      await stopped(options.signal)
    },
    admin: {
      listTopics: () => Promise.resolve([...logs.keys()]),
      offsets: (topic) =>
        Promise.resolve([{ partition: 0, earliest: 0n, latest: BigInt(logs.get(topic)?.length ?? 0) }]),
      groupLag: () =>
        Promise.resolve(
          [...committed].map(([topic, offset]): PartitionLag => {
            const latest = BigInt(logs.get(topic)?.length ?? 0)
            return { topic, partition: 0, committed: BigInt(offset), latest, lag: latest - BigInt(offset) }
          }),
        ),
      describeTopic: () => refuse(),
      topicLayout: () => refuse(),
      nameTopic: () => refuse(),
      createTopic: () => refuse(),
      deleteTopics: () => refuse(),
      alterConfigs: () => refuse(),
      addPartitions: () => refuse(),
      deleteRecords: () => refuse(),
      resetGroup: () => refuse(),
      listGroups: () => refuse(),
      describeGroup: () => refuse(),
      deleteGroup: () => refuse(),
    },
    close: () => Promise.resolve(),
  }
}
