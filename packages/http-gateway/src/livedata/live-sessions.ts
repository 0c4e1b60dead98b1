import { listeners } from '../listeners.ts'
import type { Subscription } from '../live/channel.ts'
import type { LiveSession } from '../ui-types.ts'

/** Who looks at the live data of each instrument now. */
export interface LiveSessions {
  /** Enters a page until the end that is given back. */
  enter(instrument: string, subscription: Subscription): () => void
  /** As `subscription` sees them, the longest first. */
  list(instrument: string, subscription: Subscription): readonly LiveSession[]
  onChange(listener: () => void): () => void
}

export function liveSessions(now: () => number = Date.now): LiveSessions {
  const open = new Set<{ instrument: string; subscription: Subscription; since: number }>()
  const changes = listeners<void>()
  return {
    enter(instrument, subscription) {
      const entry = { instrument, subscription, since: now() }
      open.add(entry)
      changes.emit()
      return () => {
        if (open.delete(entry)) changes.emit()
      }
    },
    list: (instrument, self) =>
      [...open]
        .filter((one) => one.instrument === instrument)
        .map(({ subscription: { connection, user, heardMs }, since }) => ({
          id: connection.slice(0, 8),
          user: user.label,
          since,
          heardAt: heardMs,
          isSelf: connection === self.connection,
        })),
    onChange: (listener) => changes.listen(listener),
  }
}
