import { Drawer } from '@mantine/core'
import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import { IconDots } from '@tabler/icons-react'
import { useCallback, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { ConsolePanel } from '../../app/console-drawer.tsx'
import { isPlanActive } from '../../app/headline.ts'
import { useControlRoom, useNow, useStatus } from '../../app/use-control-room.ts'
import { PlanForm } from '../../form/plan-form.tsx'
import { Button } from '../../parts/button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { formatMinute } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { EnvironmentBanner } from './environment-banner.tsx'
import { reasonOf } from './failure-card.tsx'
import { HistoryTable } from './history-table.tsx'
import { Inspector } from './inspector.tsx'
import {
  EndPlanButton,
  EnvironmentControls,
  PauseButton,
  ResumeButton,
  StartButton,
  StopAfterButton,
} from './queue-controls.tsx'
import { useQueueEdits, type QueueEdits } from './queue-edits.tsx'
import { useQueuePlace, type QueuePlace } from './queue-place.ts'
import { RowMenu, useFilteredItems } from './queue-panel.tsx'
import { QueueTable } from './queue-table.tsx'

const nothing: ReadonlySet<string> = new Set()

/** One column: state above, rows in two lines, controls under the thumb. */
export function QueuePhone(): ReactElement {
  const place = useQueuePlace()
  const [said, setSaid] = useState('')
  const [isConsole, setConsole] = useState(false)
  const announce = useCallback((text: string) => setSaid(text), [])
  const edits = useQueueEdits(announce)
  return (
    <div className="queue-phone">
      <h1 className="hidden-text">{t.queue.title}</h1>
      <PhoneTabs place={place} isConsole={isConsole} onConsole={setConsole} />
      <div className="phone-body">
        <EnvironmentBanner />
        <PhoneFailure edits={edits} />
        {isConsole ? <ConsolePanel /> : <PhoneBody place={place} edits={edits} />}
      </div>
      <PhoneActions />
      <div className="hidden-text" aria-live="polite">
        {said}
      </div>
    </div>
  )
}

function PhoneTabs({
  place,
  isConsole,
  onConsole,
}: {
  place: QueuePlace
  isConsole: boolean
  onConsole: (isOn: boolean) => void
}): ReactElement {
  const length = useStatus((status) => status?.items_in_queue ?? 0)
  const until = useStatus((status) => status?.queueEta?.until ?? null)
  const now = useNow(30_000)
  const isQueue = !isConsole && !place.isNew && place.tab === 'queue'
  const go = (act: () => void) => () => {
    onConsole(false)
    act()
  }
  return (
    <div className="phone-tabs">
      <div className="tabs grow" role="tablist" aria-label={t.queue.title}>
        <button type="button" role="tab" aria-selected={isQueue} onClick={go(() => place.openTab('queue'))}>
          {t.queue.tabs.queue} <span className="count">{length}</span>
        </button>
        <button
          type="button"
          role="tab"
          aria-selected={!isConsole && place.isNew}
          onClick={go(() => place.openForm({}))}
        >
          {t.queue.tabs.add}
        </button>
        <button
          type="button"
          role="tab"
          aria-selected={!isConsole && place.tab === 'history'}
          onClick={go(() => place.openTab('history'))}
        >
          {t.queue.tabs.history}
        </button>
        <button type="button" role="tab" aria-selected={isConsole} onClick={() => onConsole(true)}>
          {t.queue.tabs.console}
        </button>
      </div>
      {until === null || length === 0 || !isQueue ? null : (
        <span className="small muted sub num">{t.stateLine.until(`~${formatMinute(until, now)}`)}</span>
      )}
    </div>
  )
}

function PhoneBody({ place, edits }: { place: QueuePlace; edits: QueueEdits }): ReactElement {
  const { queue } = useControlRoom()
  const edited = useStore(queue.store, (view) =>
    view.items.find((item) => item.item_uid === place.search.edit),
  )
  if (place.itemUid !== undefined)
    return <Inspector uid={place.itemUid} place={place} edits={edits} onClose={place.closeSide} />
  if (place.isNew)
    return (
      <PlanForm
        key={`${place.search.edit ?? ''} ${place.search.plan ?? ''} ${place.search.item ?? ''}`}
        planName={edited?.name ?? place.search.plan}
        edited={edited ?? null}
        template={place.search.item}
        afterUid={null}
        edits={edits}
        onPlan={(plan) => place.openForm({ plan })}
        onDone={() => place.openTab('queue')}
        onClose={place.closeSide}
      />
    )
  return place.tab === 'history' ? (
    <HistoryTable filter={place.search.f ?? ''} place={place} edits={edits} />
  ) : (
    <PhoneQueue place={place} edits={edits} />
  )
}

function PhoneQueue({ place, edits }: { place: QueuePlace; edits: QueueEdits }): ReactElement {
  const { queue } = useControlRoom()
  const isLoaded = useStore(queue.store, (view) => view.isLoaded)
  const items = useFilteredItems(place.search.f ?? '')
  const stale = useStaleClass()
  const [menu, setMenu] = useState<{ item: QueueItem; x: number; y: number } | null>(null)
  return (
    <div className={`phone-body${stale}`}>
      <Stateful
        isLoading={!isLoaded}
        empty={
          items.length > 0 ? null : (
            <>
              <strong>{t.queue.empty}</strong>
              <Button label={t.queue.add} onPress={() => place.openForm({})} />
            </>
          )
        }
      >
        <QueueTable
          items={items}
          selection={nothing}
          onSelect={() => undefined}
          onOpen={place.openItem}
          onMenu={(item, at) => setMenu({ item, ...at })}
          edits={edits}
        />
      </Stateful>
      <RowMenu menu={menu} onClose={() => setMenu(null)} edits={edits} place={place} picked={[]} />
    </div>
  )
}

function PhoneFailure({ edits }: { edits: QueueEdits }): ReactElement | null {
  const { queue } = useControlRoom()
  const item = useStore(queue.store, (view) => view.items[0])
  const isActive = useStatus(isPlanActive)
  if (isActive || item?.result?.exit_status !== 'failed') return null
  return (
    <div className="phone-failure" role="alert">
      <StateChip state="bad" word={t.state.FAILED} isFilled />
      <strong>{reasonOf(item.result.msg)}</strong>
      <span className="small muted">{t.queue.failure.item(true)}</span>
      <Button label={t.queue.failure.skip} onPress={() => void edits.remove([item])} />
    </div>
  )
}

/** The two actions that fit the moment; everything else in the sheet. */
function PhoneActions(): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const state = useStatus((status) => status?.manager_state)
  const isRunning = state === 'executing_queue' || state === 'starting_queue'
  return (
    <div className="phone-actions" role="toolbar" aria-label={t.queue.controls}>
      {isRunning ? (
        <>
          <PauseButton />
          <StopAfterButton isShort />
        </>
      ) : state === 'paused' ? (
        <ResumeButton />
      ) : (
        <StartButton />
      )}
      <Button
        isIconOnly
        label={t.common.more}
        icon={<IconDots size={18} aria-hidden />}
        onPress={() => setOpen(true)}
      />
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title={t.queue.controls}
      >
        <div className="phone-sheet">
          {isRunning ? null : <StopAfterButton isShort />}
          {state === 'paused' ? null : <ResumeButton />}
          <EndPlanButton />
          <EnvironmentControls />
        </div>
      </Drawer>
    </div>
  )
}
