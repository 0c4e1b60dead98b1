import { diffQueue } from '../../queue/queue-diff.ts'
import type { QueueChange } from '../../queue/queue-diff.ts'
import type { LiveStatusSource } from '../../queue/live-status.ts'
import type { QueueContent, QueueMirror } from '../../queue/queue-mirror.ts'
import type { ItemEstimate, QueueEvent, QueueSnap } from '../../ui-types.ts'
import type { Channel } from '../channel.ts'

/** More changes than this arrive as a new snap. */
const maxChanges = 100

export function queueChannel(queue: QueueMirror, status: LiveStatusSource): Channel {
  const snapOf = (content: QueueContent): QueueSnap => ({ ...content, estimates: status.estimatesOfQueue() })
  return {
    scope: 'read:queue',
    open(subscription) {
      let shown = queue.content
      if (shown !== null) subscription.snap(snapOf(shown))
      const close = queue.onChange((content) => {
        const events = shown === null ? null : changesOf(shown, content, status)
        shown = content
        if (events === null) subscription.snap(snapOf(content))
        else for (const event of events) subscription.event(event)
      })
      const set = (): void => {
        shown = queue.content
        if (shown !== null) subscription.snap(snapOf(shown))
      }
      return { set, close }
    },
  }
}

function changesOf(
  before: QueueContent,
  after: QueueContent,
  status: LiveStatusSource,
): readonly QueueEvent[] | null {
  const { uid } = after
  const events: QueueEvent[] = []
  if (before.items.length > 1 && after.items.length === 0) events.push({ op: 'clear', uid })
  else {
    const changes = diffQueue(before.items, after.items, maxChanges)
    if (changes === null) return null
    const estimates = changes.length === 0 ? {} : status.estimatesOfQueue()
    for (const change of changes) events.push(eventOf(change, uid, estimates))
  }
  const isSameRunning = JSON.stringify(before.running) === JSON.stringify(after.running)
  // The uid also changes without a visible change; clients compare it with the status, so they must get it.
  if (!isSameRunning || events.length === 0) events.push({ op: 'running', uid, item: after.running })
  return events
}

function eventOf(
  change: QueueChange,
  uid: string,
  estimates: Readonly<Record<string, ItemEstimate>>,
): QueueEvent {
  switch (change.op) {
    case 'remove':
    case 'move':
      return { ...change, uid }
    case 'add':
    case 'update':
      return { ...change, op: change.op, uid, estimate: estimates[change.item.item_uid] ?? null }
  }
}
