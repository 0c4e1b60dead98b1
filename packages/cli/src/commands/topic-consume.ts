import type { Bus, BusRecord } from '@beamtime/bus'
import { CliError } from '../error.ts'
import { printJsonLine, printLine } from '../print.ts'
import { consumeFrom } from '../topic/consume-from.ts'
import { recordFormats, recordJson, recordLine, type RecordFormat } from '../topic/record-text.ts'
import { withBus } from '../topic/topic-bus.ts'
import type { ConsumeOptions } from '../topic/topic-options.ts'

/** A time or an offset may lie behind the last record: without --follow this silence is the end. */
const quietMs = 1_500

/** Prints what is there (without --follow) or what comes until Ctrl-C. */
export function topicConsume(topic: string, options: ConsumeOptions): Promise<number> {
  const format = formatOf(options.format)
  const from = consumeFrom(options.from ?? (options.follow === true ? 'latest' : 'earliest'), Date.now())
  const limit = countOf(options.count)
  return withBus(options, async (bus) => {
    const end = options.follow === true ? null : await endOffsets(bus, topic)
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort())
    if (end !== null && [...end.values()].every((offsets) => offsets.next >= offsets.latest)) return 0
    let printed = 0
    const print = (record: BusRecord): void => {
      if (options.json === true) printJsonLine(recordJson(record, format))
      else printLine(recordLine(record, format, process.stdout.isTTY ? process.stdout.columns : 100_000))
    }
    const skipped = end === null ? null : reachesEnd(end, from === 'latest')
    if (skipped !== null && skipped.isDone()) return 0
    const idle = end === null ? null : setTimeout(() => stop.abort(), quietMs)
    await bus.tail({
      topic,
      from,
      signal: stop.signal,
      onRecords(records) {
        idle?.refresh()
        for (const record of records) {
          if (stop.signal.aborted) return
          if (skipped !== null && skipped.isBeyond(record)) continue
          print(record)
          skipped?.saw(record)
          if (++printed >= limit || skipped?.isDone() === true) stop.abort()
        }
      },
    })
    if (idle !== null) clearTimeout(idle)
    return 0
  })
}

interface Offsets {
  next: bigint
  readonly latest: bigint
}

/** First and last place of each partition now: without --follow nothing beyond is printed. */
async function endOffsets(bus: Bus, topic: string): Promise<Map<number, Offsets>> {
  const offsets = await bus.admin.offsets(topic)
  return new Map(offsets.map(({ partition, earliest, latest }) => [partition, { next: earliest, latest }]))
}

function reachesEnd(
  end: Map<number, Offsets>,
  fromLatest: boolean,
): { isBeyond(record: BusRecord): boolean; saw(record: BusRecord): void; isDone(): boolean } {
  return {
    isBeyond: (record) => record.offset >= (end.get(record.partition)?.latest ?? 0n),
    saw(record) {
      const offsets = end.get(record.partition)
      if (offsets !== undefined) offsets.next = record.offset + 1n
    },
    isDone: () => fromLatest || [...end.values()].every((offsets) => offsets.next >= offsets.latest),
  }
}

function formatOf(given: string | undefined): RecordFormat {
  const format = recordFormats.find((candidate) => candidate === (given ?? 'auto'))
  if (format !== undefined) return format
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--format ${given} is not a format`,
    remedy: `give one of ${recordFormats.join(', ')}`,
  })
}

function countOf(given: string | undefined): number {
  if (given === undefined) return Infinity
  if (/^[1-9]\d{0,9}$/.test(given)) return Number(given)
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--count ${given} is not a number`,
    remedy: 'give e.g. -n 10',
  })
}
