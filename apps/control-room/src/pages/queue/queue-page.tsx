import { useCallback, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { isPlanActive } from '../../app/headline.ts'
import { useControlRoom, usePref, useStatus, useWidthClass } from '../../app/use-control-room.ts'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { FailureCard } from './failure-card.tsx'
import { NowStrip } from './now-strip.tsx'
import { QueueControls } from './queue-controls.tsx'
import { useQueueEdits } from './queue-edits.tsx'
import { QueuePanel } from './queue-panel.tsx'
import { useQueuePlace } from './queue-place.ts'
import { QueuePhone } from './queue-phone.tsx'
import { QueueSide } from './queue-side.tsx'
import './queue.css'

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
