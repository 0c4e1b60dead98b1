import type { LiveStatusSource } from '../../queue/live-status.ts'
import type { Channel } from '../channel.ts'

export function statusChannel(status: LiveStatusSource): Channel {
  return {
    scope: 'read:status',
    open(subscription) {
      subscription.snap(status.current)
      const close = status.onChange((next) => subscription.state(next))
      return { set: () => subscription.snap(status.current), close }
    },
  }
}
