import type { StreamParts } from '../../streams/stream-parts.ts'
import type { ReplaySnap } from '../../ui-types.ts'
import { ChannelError } from '../channel.ts'
import type { Channel } from '../channel.ts'

/** Plays and recordings that are on their way, whole, four times a second while there are any. */
export function replayChannel(streams: StreamParts | null, what: 'plays' | 'recordings'): Channel {
  return {
    scope: 'read:monitor',
    open(subscription) {
      if (streams === null) throw new ChannelError('notfound', 'This gateway has no bus.')
      const { activity } = streams
      const snap = (): void => {
        const now = activity.news.activity
        subscription.snap({ isAway: now === null, [what]: now?.[what] ?? [] } satisfies ReplaySnap)
      }
      snap()
      return { set: snap, close: activity.onNews(snap) }
    },
  }
}
