import { ReplayError } from '@beamtime/stream-replay/client'
import type { StreamParts } from '../../streams/stream-parts.ts'
import { tailTopic } from '../../streams/tail-session.ts'
import type { TailRequest } from '../../streams/tail-session.ts'
import { ChannelError, numberArg, stringArg } from '../channel.ts'
import type { Channel, ChannelArgs } from '../channel.ts'

const usualRate = 200

/** New messages of one topic as they come. `set` begins anew with other arguments. */
export function tailChannel(streams: StreamParts | null): Channel {
  return {
    scope: 'read:monitor',
    open(subscription, args) {
      if (streams === null) throw new ChannelError('notfound', 'This gateway has no bus.')
      let stop = new AbortController()
      const start = (given: ChannelArgs): void => {
        const request = requestOf(given)
        stop.abort()
        const mine = new AbortController()
        stop = mine
        subscription.snap({ rows: [], left: 0, seen: 0 })
        const access = {
          bus: streams.bus,
          replay: streams.replay,
          onEvent: (event: unknown) => {
            if (!mine.signal.aborted) subscription.event(event)
          },
        }
        tailTopic(request, access, mine.signal).catch((error: unknown) => {
          if (mine.signal.aborted) return
          const isKnown = error instanceof ReplayError
          const text = error instanceof Error ? error.message : String(error)
          subscription.fail(isKnown && error.code === 'REPLAY_USAGE' ? 'invalid' : 'internal', text)
        })
      }
      start(args)
      return { set: start, close: () => stop.abort() }
    },
  }
}

function requestOf(args: ChannelArgs): TailRequest {
  const topic = stringArg(args, 'topic')
  if (topic === null) throw new ChannelError('invalid', "'topic' is missing.")
  const { partitions, cols } = args
  return {
    topic,
    partitions: isNumbers(partitions) ? partitions : null,
    filter: stringArg(args, 'filter'),
    cols: isTexts(cols) ? cols.slice(0, 20) : [],
    maxRate: numberArg(args, 'maxRate') ?? usualRate,
  }
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => Number.isInteger(one))
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
