import { peaksOf } from '../../runs/peaks.ts'
import type { LiveRun } from '../../runs/live-run.ts'
import type { RunFeed } from '../../runs/run-feed.ts'
import type { RunLibrary } from '../../runs/run-library.ts'
import { storedRun } from '../../runs/stored-run.ts'
import { ChannelError, numberArg, stringArg } from '../channel.ts'
import type { Channel, ChannelArgs } from '../channel.ts'

const everyMs = 500
const maxEdge = 1_000

interface PeakArgs {
  readonly uid: string
  readonly stream: string
  readonly x: string
  readonly y: string
  readonly edge: number
}

/** Statistics of one line, twice a second while it grows; args `{uid, y, x, edge?, stream?}`. */
export function peaksChannel(feed: RunFeed, library: RunLibrary): Channel {
  return {
    scope: 'read:monitor',
    open(subscription, given) {
      let args = readArgs(given)
      let stored: LiveRun | null = null
      let timer: NodeJS.Timeout | null = null
      const runOf = (): LiveRun => {
        const live = args.uid === 'current' ? feed.current : feed.run(args.uid)
        if (live !== null) return live
        const record = args.uid === 'current' ? library.latest() : library.record(args.uid)
        if (record === null) throw new ChannelError('notfound', `There is no run '${args.uid}'.`)
        if (stored?.uid !== record.start.uid) stored = storedRun(library, record)
        return stored
      }
      const tell = (): void => {
        timer = null
        const run = args.uid === 'current' ? feed.current : runOf()
        if (run !== null) subscription.snap(peaksOf(run, args))
      }
      subscription.snap(peaksOf(runOf(), args))
      const stop = feed.onNews((news) => {
        if (args.uid === 'current' || news.uid === args.uid) timer ??= setTimeout(tell, everyMs)
      })
      return {
        set: (next) => {
          args = readArgs(next)
          subscription.snap(peaksOf(runOf(), args))
        },
        close: () => {
          stop()
          if (timer !== null) clearTimeout(timer)
        },
      }
    },
  }
}

function readArgs(args: ChannelArgs): PeakArgs {
  const [x, y] = [stringArg(args, 'x'), stringArg(args, 'y')]
  if (x === null || y === null) throw new ChannelError('invalid', "'x' and 'y' must name columns.")
  return {
    uid: stringArg(args, 'uid') ?? 'current',
    stream: stringArg(args, 'stream') ?? 'primary',
    x,
    y,
    edge: Math.max(0, Math.min(maxEdge, Math.trunc(numberArg(args, 'edge') ?? 0))),
  }
}
