import type { QueueItem } from '@beamtime/queue-client'
import { GatewayError } from '../error.ts'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { QueueLink } from './queue-link.ts'

export interface QueueContent {
  readonly uid: string
  readonly running: QueueItem | null
  readonly items: readonly QueueItem[]
}

/** The queue as last read; follows plan_queue_uid of the status. Null before the first answer. */
export interface QueueMirror {
  readonly content: QueueContent | null
  readonly onChange: Listeners<QueueContent>['listen']
  close(): void
}

export function mirrorQueue(link: QueueLink): QueueMirror {
  const changes = listeners<QueueContent>()
  let content: QueueContent | null = null
  let reading = false
  const refresh = (): void => {
    const { status } = link
    if (reading || status === null || content?.uid === status.plan_queue_uid) return
    reading = true
    void read().finally(() => {
      reading = false
    })
  }
  const read = async (): Promise<void> => {
    let next: QueueContent | null
    do {
      try {
        next = queueContent(await link.read('queue_get'))
      } catch (error) {
        // The manager is away; its next status starts another attempt.
        if (error instanceof GatewayError) return
        throw error
      }
      if (next === null || next.uid === content?.uid) return
      content = next
      changes.emit(next)
    } while (link.status?.plan_queue_uid !== next.uid)
  }
  const stop = [link.onStatus(refresh), link.onReachability(refresh)]
  refresh()
  return {
    get content() {
      return content
    },
    onChange: (callback) => changes.listen(callback),
    close: () => {
      for (const end of stop) end()
    },
  }
}

function queueContent(reply: Readonly<Record<string, unknown>>): QueueContent | null {
  const { items, running_item: running, plan_queue_uid: uid } = reply
  if (typeof uid !== 'string' || !Array.isArray(items)) return null
  return { uid, items: items.filter(isItem), running: isItem(running) ? running : null }
}

function isItem(value: unknown): value is QueueItem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'item_uid' in value &&
    typeof value.item_uid === 'string' &&
    'name' in value
  )
}
