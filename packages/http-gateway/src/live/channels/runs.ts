import type { RunSummary, RunsEvent, RunsSnap } from '../../ui-types.ts'
import type { RunFeed } from '../../runs/run-feed.ts'
import type { RunLibrary } from '../../runs/run-library.ts'
import type { Channel } from '../channel.ts'

const maxKnown = 1_000
const freshS = 10

/** New and changed runs. What fits a search is the page's to decide: it asks `GET /api/runs` again. */
export function runsChannel(feed: RunFeed, library: RunLibrary): Channel {
  return {
    scope: 'read:monitor',
    open(subscription) {
      const known = new Set(feed.active().map((run) => run.uid))
      const snap = (): void => subscription.snap({ active: feed.active() } satisfies RunsSnap)
      snap()
      const stop = library.onChange((run: RunSummary) => {
        const op = !known.has(run.uid) && isFresh(run) ? 'new' : 'update'
        known.add(run.uid)
        const [oldest] = known
        if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
        subscription.event({ op, run } satisfies RunsEvent)
      })
      return { set: snap, close: stop }
    },
  }
}

/** A short run may be over before it is told for the first time; an old one that changed is not new. */
function isFresh(run: RunSummary): boolean {
  return run.stop_time === null || Date.now() / 1_000 - run.stop_time < freshS
}
