import { notifications } from '@mantine/notifications'
import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import { useMemo, type ReactElement } from 'react'
import { useReport } from '../../app/queue-actions.ts'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { ControlRoom } from '../../app/control-room.ts'
import { contentOf, type AddPlace, type NewItem } from '../../form/new-item.ts'
import { Button } from '../../parts/button.tsx'
import { movedOrder, stepTarget, type MoveTarget } from '../../stores/queue-state.ts'
import { t } from '../../text/text.ts'

export interface QueueEdits {
  add(item: NewItem, place: AddPlace): Promise<QueueItem | null>
  addMany(items: readonly NewItem[]): Promise<boolean>
  update(item: NewItem & { readonly item_uid: string }): Promise<boolean>
  execute(item: NewItem): Promise<boolean>
  remove(items: readonly QueueItem[]): Promise<void>
  duplicate(item: QueueItem): Promise<void>
  move(uids: ReadonlySet<string>, target: MoveTarget): Promise<void>
  step(uids: ReadonlySet<string>, direction: 'up' | 'down'): Promise<void>
  undo(): void
  clear(): Promise<void>
}

const undoMs = 10_000

/** Edits of the queue. Only reordering is shown before the server has answered; deleting can be undone for ten seconds. */
export function useQueueEdits(announce: (text: string) => void): QueueEdits {
  const room = useControlRoom()
  const report = useReport()
  return useMemo(() => makeEdits({ room, report, announce }), [room, report, announce])
}

interface EditParts {
  readonly room: ControlRoom
  readonly report: (error: unknown) => void
  readonly announce: (text: string) => void
}

let lastUndo: (() => void) | undefined

function makeEdits({ room, report, announce }: EditParts): QueueEdits {
  const { http, queue } = room
  const items = (): readonly QueueItem[] => queue.store.getState().items
  async function attempt<T>(act: () => Promise<T>): Promise<T | null> {
    try {
      return await act()
    } catch (error) {
      report(error)
      return null
    }
  }
  const edits: QueueEdits = {
    async add(item, place) {
      const answer = await attempt(() =>
        http.post<{ item?: QueueItem }>('/queue/item/add', { item: contentOf(item), ...place }),
      )
      return answer?.item ?? null
    },
    async addMany(list) {
      return (
        (await attempt(() => http.post('/queue/item/add/batch', { items: list.map(contentOf) }))) !== null
      )
    },
    async update(item) {
      const body = { item: { ...contentOf(item), item_uid: item.item_uid } }
      return (await attempt(() => http.post('/queue/item/update', body))) !== null
    },
    async execute(item) {
      return (await attempt(() => http.post('/queue/item/execute', { item: contentOf(item) }))) !== null
    },
    async remove(removed) {
      const order = items()
      const uids = removed.map((item) => item.item_uid)
      const done = await attempt(() =>
        uids.length === 1
          ? http.post('/queue/item/remove', { uid: uids[0] })
          : http.post('/queue/item/remove/batch', { uids, ignore_missing: true }),
      )
      if (done !== null) offerUndo(removed.length, () => void restore(removed, order))
    },
    async duplicate(item) {
      await edits.add(item, { after_uid: item.item_uid })
    },
    async move(uids, target) {
      const order = items().map((item) => item.item_uid)
      const next = movedOrder(order, uids, target)
      if (next === null) return announce(t.queue.notMoved)
      if (next.every((uid, i) => uid === order[i])) return
      queue.showOrder(next)
      const first = items().findIndex((item) => uids.has(item.item_uid))
      announce(t.queue.moved(items()[first]?.name ?? '', first + 1, order.length))
      const done = await attempt(() =>
        http.post('/queue/item/move/batch', { uids: order.filter((uid) => uids.has(uid)), ...target }),
      )
      if (done === null) queue.dropOrder()
      else setTimeout(() => queue.dropOrder(), 1_000)
      lastUndo = () => void putBack(order, uids)
    },
    async step(uids, direction) {
      const target = stepTarget(
        items().map((item) => item.item_uid),
        uids,
        direction,
      )
      if (target !== null) await edits.move(uids, target)
    },
    undo() {
      const act = lastUndo
      lastUndo = undefined
      act?.()
    },
    async clear() {
      const removed = items()
      if ((await attempt(() => http.post('/queue/clear'))) !== null)
        offerUndo(removed.length, () => void edits.addMany(removed))
    },
  }

  /** Each removed item returns behind its old neighbour, or to the front. */
  async function restore(removed: readonly QueueItem[], order: readonly QueueItem[]): Promise<void> {
    const present = new Map(items().map((item) => [item.item_uid, item.item_uid]))
    const oldPlaces = order.map((item) => item.item_uid)
    for (const item of order.filter((candidate) => removed.includes(candidate))) {
      const at = oldPlaces.indexOf(item.item_uid)
      const neighbour = oldPlaces.slice(0, at).findLast((uid) => present.has(uid))
      const after = neighbour === undefined ? undefined : present.get(neighbour)
      const added = await edits.add(item, after === undefined ? { pos: 'front' } : { after_uid: after })
      if (added !== null) present.set(item.item_uid, added.item_uid)
    }
  }

  async function putBack(order: readonly string[], uids: ReadonlySet<string>): Promise<void> {
    const first = order.findIndex((uid) => uids.has(uid))
    const before = order.slice(0, first).findLast((uid) => !uids.has(uid))
    await edits.move(uids, before === undefined ? { pos_dest: 'front' } : { after_uid: before })
  }

  return edits
}

function offerUndo(count: number, act: () => void): void {
  const id = `undo-${Date.now()}`
  const run = (): void => {
    notifications.hide(id)
    act()
  }
  lastUndo = run
  notifications.show({
    id,
    message: <UndoMessage count={count} onUndo={run} />,
    autoClose: undoMs,
    withBorder: true,
  })
  setTimeout(() => {
    if (lastUndo === run) lastUndo = undefined
  }, undoMs)
}

function UndoMessage({ count, onUndo }: { count: number; onUndo: () => void }): ReactElement {
  return (
    <span style={{ display: 'flex', alignItems: 'center', gap: 12 }}>
      <span className="grow">{t.queue.removed(count)}</span>
      <Button isCompact label={t.common.undo} onPress={onUndo} />
    </span>
  )
}
