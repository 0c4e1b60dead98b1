import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import { useStore } from 'zustand'
import { describeItem } from '../form/describe-item.ts'
import { isPlanActive } from './headline.ts'
import { useModels } from './use-models.ts'
import { useControlRoom, useStatus } from './use-control-room.ts'

/** The single-user mode has no names worth showing. */
export function userName(user: string | undefined): string {
  return user === undefined || user.startsWith('UNAUTHENTICATED') ? '' : user.replace(/\s*[<"].*$/, '')
}

/** The item at the front of the queue that has failed, while nothing runs. */
export function useFailedItem(): QueueItem | null {
  const { queue } = useControlRoom()
  const front = useStore(queue.store, (view) => view.items[0])
  const isActive = useStatus(isPlanActive)
  return !isActive && front?.result?.exit_status === 'failed' ? front : null
}

/** Words of the item that runs, else of what failed, else nothing. */
export function useCurrentWords(): { readonly title: string; readonly sub: string } | null {
  const { queue, activeRun } = useControlRoom()
  const running = useStore(queue.store, (view) => view.running)
  const activeId = useStore(activeRun, (view) => view.run?.scan_id)
  const isActive = useStatus(isPlanActive)
  const failed = useFailedItem()
  const { modelOf, device } = useModels()
  const item = isActive ? running : failed
  if (item === null) return null
  const id = isActive ? activeId : failed?.result?.scan_ids.at(-1)
  const sub = [id, item.name, userName(item.user)].filter((part) => part !== undefined && part !== null)
  return {
    title: describeItem(item, modelOf(item.name), device).title,
    sub: sub.filter((part) => part !== '').join(' · '),
  }
}
