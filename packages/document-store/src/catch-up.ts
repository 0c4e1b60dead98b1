import type { Bus } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import type { OpenCatalog } from './record-sink.ts'
import type { ConsumedRecords } from './store-consumer.ts'

/** A range of records that the group has behind it and the catalog does not have. */
export interface Gap {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  /** First record after the gap. */
  readonly to: bigint
}

/** Compares what the group has committed with what the catalogs hold. A difference comes from a power cut (commits are
 * forced to disk per run only) or from a catalog file that was removed. */
export async function findGaps(
  bus: Bus,
  groupId: string,
  catalogs: ReadonlyMap<string, OpenCatalog>,
): Promise<readonly Gap[]> {
  const gaps: Gap[] = []
  for (const { topic, partition, committed } of await bus.admin.groupLag(groupId)) {
    const catalog = catalogs.get(topic)
    if (!catalog) continue
    const stored = catalog.writer
      .positions()
      .find((position) => position.topic === topic && position.partition === partition)
    const wanted = stored === undefined ? 0n : stored.offset + 1n
    if (wanted >= committed) continue
    const offsets = await bus.admin.offsets(topic)
    const earliest = offsets.find((known) => known.partition === partition)?.earliest ?? 0n
    const from = wanted > earliest ? wanted : earliest
    if (from < committed) gaps.push({ topic, partition, from, to: committed })
  }
  return gaps
}

/** A gap whose end never comes (its last record was deleted) is given up after this silence. */
const silenceMs = 10_000

/** Reads one gap again; records in it that are stored already are recognised. */
export async function fillGap(
  gap: Gap,
  o: {
    readonly bus: Bus
    readonly log: Logger
    readonly signal: AbortSignal
    readonly onRecords: (batch: ConsumedRecords) => Promise<void>
  },
): Promise<void> {
  const done = new AbortController()
  const silence = setTimeout(() => done.abort(), silenceMs)
  o.log.info('store.gap.reading', { ...gap, from: String(gap.from), to: String(gap.to) })
  try {
    await o.bus.tail({
      topic: gap.topic,
      partitions: [gap.partition],
      from: { offset: gap.from },
      signal: AbortSignal.any([o.signal, done.signal]),
      async onRecords(records) {
        silence.refresh()
        const wanted = records.filter((record) => record.offset < gap.to)
        await o.onRecords({ topic: gap.topic, partition: gap.partition, records: wanted })
        if (records.some((record) => record.offset >= gap.to - 1n)) done.abort()
      },
    })
  } finally {
    clearTimeout(silence)
  }
}
