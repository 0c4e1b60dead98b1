import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { QueueSearch } from '../../app/router.tsx'

export type QueueTab = 'queue' | 'history'

/** Where one is on the queue pages, and how to get elsewhere; the address holds all of it. */
export interface QueuePlace {
  readonly tab: QueueTab
  readonly itemUid: string | undefined
  readonly isNew: boolean
  readonly search: QueueSearch
  readonly openItem: (item: QueueItem) => void
  readonly openForm: (search: QueueSearch) => void
  readonly openTab: (tab: QueueTab) => void
  readonly closeSide: () => void
  readonly setFilter: (text: string) => void
}

export function useQueuePlace(): QueuePlace {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const { uid } = useParams({ strict: false })
  const search: QueueSearch = useSearch({ strict: false })
  const f = search.f
  return useMemo(
    () => ({
      tab: pathname.startsWith('/queue/history') ? 'history' : 'queue',
      itemUid: uid,
      isNew: pathname.startsWith('/queue/new'),
      search,
      openItem: (item) =>
        void navigate({ to: '/queue/item/$uid', params: { uid: item.item_uid }, search: { f } }),
      openForm: (next) => void navigate({ to: '/queue/new', search: { f, ...next } }),
      openTab: (tab) => void navigate({ to: tab === 'history' ? '/queue/history' : '/queue', search: { f } }),
      closeSide: () => void navigate({ to: '/queue', search: { f } }),
      setFilter: (text) =>
        void navigate({
          to: '.',
          search: (old: QueueSearch) => ({ ...old, f: text === '' ? undefined : text }),
          replace: true,
        }),
    }),
    [navigate, pathname, uid, search, f],
  )
}
