import { consoleBacklog } from '../../console/console-log.ts'
import type { ConsoleLog, NumberedChunk } from '../../console/console-log.ts'
import type { ConsoleChunk } from '../../ui-types.ts'
import { numberArg } from '../channel.ts'
import type { Channel, ChannelArgs } from '../channel.ts'

const batchMs = 50
/** Chunks that wait for one batch; more than that in 50 ms are more than anybody reads. */
const maxBatch = 10_000

/** Chunks of the console. `seq` of the messages is the number of the newest chunk, so that `since` works after a reconnect. */
export function consoleChannel(log: ConsoleLog): Channel {
  return {
    scope: 'read:console',
    open(subscription, args) {
      const snap = (given: ChannelArgs): void => {
        const backlog = Math.min(numberArg(given, 'backlog') ?? consoleBacklog, consoleBacklog)
        const chunks = log.lastChunks(backlog)
        subscription.numberedSnap(chunks.at(-1)?.n ?? 0, chunks.map(plain))
      }
      const missed = subscription.since === null ? null : log.chunksAfter(subscription.since)
      if (missed === null) snap(args)
      else if (missed.length > 0) subscription.numberedEvent(missed.at(-1)?.n ?? 0, missed.map(plain))
      let batch: NumberedChunk[] = []
      let timer: NodeJS.Timeout | null = null
      const flush = (): void => {
        timer = null
        const sent = batch
        batch = []
        subscription.numberedEvent(sent.at(-1)?.n ?? 0, sent.map(plain))
      }
      const stop = log.onChunk((chunk) => {
        batch.push(chunk)
        if (batch.length > maxBatch) batch.shift()
        timer ??= setTimeout(flush, batchMs)
      })
      return {
        set: snap,
        close: () => {
          stop()
          if (timer !== null) clearTimeout(timer)
        },
      }
    },
  }
}

function plain({ time, msg, level, item }: NumberedChunk): ConsoleChunk {
  return { time, msg, level, item }
}
