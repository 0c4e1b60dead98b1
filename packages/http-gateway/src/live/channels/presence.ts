import { listeners } from '../../listeners.ts'
import type { PresenceSnap } from '../../ui-types.ts'
import { stringArg } from '../channel.ts'
import type { Channel, ChannelArgs } from '../channel.ts'

/** A tab that says nothing for this long is no longer shown; open tabs repeat themselves. */
const expiryMs = 15_000
const maxPageLength = 200

interface Present {
  readonly id: string
  readonly user: string
  readonly page: string
  readonly item: string | null
  readonly since: number
  readonly seenMs: number
}

/** Who looks at or edits what. A page announces itself by its arguments and repeats them by `set` within 15 s. */
export function presenceChannel(now: () => number = Date.now): Channel {
  const changes = listeners<void>()
  const people = new Map<string, Present>()
  const purge = (): boolean => {
    const gone = [...people.values()].filter((one) => now() - one.seenMs > expiryMs)
    for (const one of gone) people.delete(one.id)
    return gone.length > 0
  }
  return {
    scope: 'read:status',
    open(subscription, args) {
      const id = subscription.connection
      const announce = (given: ChannelArgs): void => {
        const before = people.get(id)
        const page = (stringArg(given, 'page') ?? before?.page ?? '').slice(0, maxPageLength)
        const item = stringArg(given, 'item')?.slice(0, maxPageLength) ?? null
        const user = subscription.user.label
        const isSame = before?.page === page && before.item === item
        people.set(id, { id, user, page, item, since: isSame ? before.since : now(), seenMs: now() })
        if (purge() || !isSame) changes.emit()
      }
      const show = (): void => {
        const list = [...people.values()].map((one) => ({
          id: one.id,
          user: one.user,
          page: one.page,
          item: one.item,
          since: one.since,
          self: one.id === id,
        }))
        subscription.snap({ people: list } satisfies PresenceSnap)
      }
      const stop = changes.listen(show)
      const timer = setInterval(() => {
        if (purge()) changes.emit()
      }, expiryMs)
      announce(args)
      return {
        set: announce,
        close: () => {
          stop()
          clearInterval(timer)
          people.delete(id)
          changes.emit()
        },
      }
    },
  }
}
