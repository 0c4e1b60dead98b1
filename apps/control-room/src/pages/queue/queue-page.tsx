import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { isPlanActive } from '../../app/headline.ts'
import type { QueueSearch } from '../../app/router.tsx'
import { useControlRoom, usePref, useStatus, useWidthClass } from '../../app/use-control-room.ts'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { EnvironmentBanner } from './environment-banner.tsx'
import { FailureCard } from './failure-card.tsx'
import { NowStrip } from './now-strip.tsx'
import { QueueControls } from './queue-controls.tsx'
import { useQueueEdits } from './queue-edits.tsx'
import { QueuePanel } from './queue-panel.tsx'
import { QueuePhone } from './queue-phone.tsx'
import { QueueSide } from './queue-side.tsx'
import './queue.css'

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

/** Decide what runs, in which order, and control it. */
export function QueuePage(): ReactElement {
  const width = useWidthClass()
  return (
    <Stateful scope="read:queue">
      {width === 'phone' ? <QueuePhone /> : <QueueWide hasSide={width !== 'small'} />}
    </Stateful>
  )
}

function QueueWide({ hasSide }: { hasSide: boolean }): ReactElement {
  const place = useQueuePlace()
  const { queue } = useControlRoom()
  const [said, setSaid] = useState('')
  const announce = useCallback((text: string) => setSaid(text), [])
  const edits = useQueueEdits(announce)
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set())
  const [isSideOpen, setSideOpen] = usePref('isInspectorOpen')
  const isActive = useStatus(isPlanActive)
  const hasFailed = useStore(queue.store, (view) => view.items[0]?.result?.exit_status === 'failed')
  const isWanted = place.itemUid !== undefined || place.isNew
  const isShown = hasSide ? isSideOpen || isWanted : isWanted
  return (
    <div className="page queue-page">
      <h1 className="hidden-text">{t.queue.title}</h1>
      <QueueControls />
      <EnvironmentBanner />
      {!isActive && hasFailed ? <FailureCard edits={edits} /> : null}
      <div className="page-content">
        <div className="column grow">
          {!isActive && hasFailed ? null : <NowStrip />}
          <QueuePanel
            place={place}
            edits={edits}
            selection={selection}
            onSelect={setSelection}
            onAdd={() => {
              setSideOpen(true)
              place.openForm({})
            }}
          />
        </div>
        <QueueSide
          isShown={isShown}
          isDrawer={!hasSide}
          place={place}
          edits={edits}
          selection={selection}
          onClose={() => {
            setSideOpen(false)
            place.closeSide()
          }}
        />
      </div>
      <div className="hidden-text" aria-live="polite">
        {said}
      </div>
    </div>
  )
}
