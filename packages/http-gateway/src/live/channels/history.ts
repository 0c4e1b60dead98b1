import type { HistoryMirror } from '../../queue/history-mirror.ts'
import type { HistorySnap } from '../../ui-types.ts'
import type { Channel } from '../channel.ts'

const snapItems = 20

export function historyChannel(history: HistoryMirror): Channel {
  return {
    scope: 'read:history',
    open(subscription) {
      const snap = (): void => {
        if (history.uid === null) return
        const items = history.recent.slice(0, snapItems)
        subscription.snap({ uid: history.uid, total: history.total, items } satisfies HistorySnap)
      }
      snap()
      let begun = history.uid !== null
      const close = history.onChange((news) => {
        if (begun) subscription.event(news)
        else snap()
        begun = true
      })
      return { set: snap, close }
    },
  }
}
