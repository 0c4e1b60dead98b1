import type { StreamParts } from '../../streams/stream-parts.ts'
import { ChannelError } from '../channel.ts'
import type { Channel } from '../channel.ts'

/** Topics and groups, whole, once a second. */
export function topicsChannel(streams: StreamParts | null): Channel {
  return {
    scope: 'read:monitor',
    open(subscription) {
      if (streams === null) throw new ChannelError('notfound', 'This gateway has no bus.')
      const { topics } = streams
      const snap = (): void => {
        if (topics.snap !== null) subscription.snap(topics.snap)
      }
      snap()
      return { set: snap, close: topics.onLook((found) => subscription.snap(found)) }
    },
  }
}
