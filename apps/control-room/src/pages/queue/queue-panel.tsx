import { Menu } from '@mantine/core'
import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import {
  IconArrowBarToDown,
  IconArrowBarToUp,
  IconCopy,
  IconPencil,
  IconPlus,
  IconSearch,
  IconTrash,
} from '@tabler/icons-react'
import { useMemo, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { isPlanActive } from '../../app/headline.ts'
import { useConnection, useControlRoom, useScope, useStatus } from '../../app/use-control-room.ts'
import { useModels } from '../../app/use-models.ts'
import { describeItem } from '../../form/describe-item.ts'
import { Button } from '../../parts/button.tsx'
import { ConnBadge, Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { formatEstimate } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { HistoryTable } from './history-table.tsx'
import type { QueueEdits } from './queue-edits.tsx'
import { QueueMenu } from './queue-menu.tsx'
import type { QueuePlace } from './queue-place.ts'
import { QueueTable } from './queue-table.tsx'

export interface QueuePanelProps {
  readonly place: QueuePlace
  readonly edits: QueueEdits
  readonly selection: ReadonlySet<string>
  readonly onSelect: (selection: ReadonlySet<string>) => void
  readonly onAdd: () => void
}

/** Queue and history in one panel with tabs. */
export function QueuePanel(props: QueuePanelProps): ReactElement {
  const { place, edits, onAdd } = props
  const stale = useStaleClass()
  const editReason = useEditReason()
  return (
    <section className={`panel queue-panel${stale}`} aria-label={t.queue.title}>
      <header className="panel-head">
        <QueueTabs place={place} />
        <QueueTotal />
        <HeldChip />
        <ConnBadge />
        <span className="grow" />
        <FilterField place={place} />
        <Button
          label={t.queue.add}
          icon={<IconPlus size={16} stroke={1.75} aria-hidden />}
          disabledReason={editReason}
          onPress={onAdd}
        />
        <QueueMenu edits={edits} tab={place.tab} />
      </header>
      {place.tab === 'queue' ? (
        <QueueBody {...props} />
      ) : (
        <HistoryTable filter={place.search.f ?? ''} place={place} edits={edits} />
      )}
    </section>
  )
}

/** Why the queue cannot be edited now; null when it can. */
export function useEditReason(): string | null {
  const mayEdit = useScope('write:queue:edit')
  const isOpen = useConnection((connection) => connection.state === 'open')
  const isReachable = useStatus((status) => status?.manager.reachable !== false)
  if (!isOpen) return t.common.notConnected
  if (!mayEdit) return t.common.noScope('write:queue:edit')
  return isReachable ? null : t.state.NO_MANAGER
}

export function QueueTabs({ place }: { place: QueuePlace }): ReactElement {
  const length = useStatus((status) => status?.items_in_queue ?? 0)
  const past = useStatus((status) => status?.items_in_history ?? 0)
  return (
    <div className="tabs" role="tablist" aria-label={t.queue.title}>
      <button
        type="button"
        role="tab"
        aria-selected={place.tab === 'queue'}
        onClick={() => place.openTab('queue')}
      >
        {t.queue.tabs.queue} <span className="count">{formatCount(length)}</span>
      </button>
      <button
        type="button"
        role="tab"
        aria-selected={place.tab === 'history'}
        onClick={() => place.openTab('history')}
      >
        {t.queue.tabs.history} <span className="count">{formatCount(past)}</span>
      </button>
    </div>
  )
}

function QueueTotal(): ReactElement | null {
  const seconds = useStatus((status) => status?.queueEta?.seconds ?? null)
  const unknown = useStatus((status) => status?.queueEta?.unknown ?? 0)
  const length = useStatus((status) => status?.items_in_queue ?? 0)
  const isActive = useStatus(isPlanActive)
  if (seconds === null || length === 0 || unknown >= length) return null
  const text = formatEstimate(seconds)
  return <span className="sub num">{isActive ? text : t.queue.waitingTotal(text)}</span>
}

function HeldChip(): ReactElement | null {
  const { queue } = useControlRoom()
  const held = useStore(queue.store, (view) => view.heldChanges)
  return held === 0 ? null : <span className="chip-token">{t.queue.foreignChanges(held)}</span>
}

function FilterField({ place }: { place: QueuePlace }): ReactElement {
  return (
    <div className="field queue-filter">
      <IconSearch size={14} aria-hidden />
      <input
        data-page-filter=""
        value={place.search.f ?? ''}
        onChange={(event) => place.setFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') place.setFilter('')
        }}
        placeholder={t.queue.filter}
        aria-label={t.queue.filter}
        autoComplete="off"
      />
      <span className="kbd">/</span>
    </div>
  )
}

/** Items whose words hold every word of the filter. */
export function useFilteredItems(filter: string): readonly QueueItem[] {
  const { queue } = useControlRoom()
  const items = useStore(queue.store, (view) => view.items)
  const { modelOf, device } = useModels()
  return useMemo(() => {
    const wanted = filter
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    if (wanted.length === 0) return items
    return items.filter((item) => {
      const words = describeItem(item, modelOf(item.name), device)
      const text = `${words.title} ${words.plan} ${words.parameters} ${item.user ?? ''}`.toLowerCase()
      return wanted.every((word) => text.includes(word))
    })
  }, [items, filter, modelOf, device])
}

function QueueBody(props: QueuePanelProps): ReactElement {
  const { place, edits, selection, onSelect, onAdd } = props
  const { queue } = useControlRoom()
  const isLoaded = useStore(queue.store, (view) => view.isLoaded)
  const filter = place.search.f ?? ''
  const items = useFilteredItems(filter)
  const [menu, setMenu] = useState<{ item: QueueItem; x: number; y: number } | null>(null)
  const editReason = useEditReason()
  const opened = useMemo(
    () => (place.itemUid === undefined || selection.size > 0 ? selection : new Set([place.itemUid])),
    [place.itemUid, selection],
  )
  const picked = items.filter((item) => opened.has(item.item_uid))
  const empty =
    items.length > 0 ? null : filter === '' ? (
      <>
        <strong>{t.queue.empty}</strong>
        <span>{t.queue.emptyHelp}</span>
        <Button
          label={t.queue.add}
          icon={<IconPlus size={16} aria-hidden />}
          disabledReason={editReason}
          onPress={onAdd}
        />
      </>
    ) : (
      <>
        <strong>{t.queue.noMatch}</strong>
        <Button label={t.queue.clearFilter} onPress={() => place.setFilter('')} />
      </>
    )
  return (
    <>
      <div className="panel-body flush" style={{ display: 'flex', flexDirection: 'column' }}>
        <Stateful isLoading={!isLoaded} empty={empty} skeletonRows={12}>
          <QueueTable
            items={items}
            selection={opened}
            edits={edits}
            onSelect={onSelect}
            onOpen={(item) => {
              onSelect(new Set())
              place.openItem(item)
            }}
            onMenu={(item, at) => setMenu({ item, ...at })}
          />
        </Stateful>
      </div>
      {picked.length === 0 ? null : (
        <SelectionFoot picked={picked} edits={edits} place={place} editReason={editReason} />
      )}
      <RowMenu menu={menu} onClose={() => setMenu(null)} edits={edits} place={place} picked={picked} />
    </>
  )
}

interface FootProps {
  readonly picked: readonly QueueItem[]
  readonly edits: QueueEdits
  readonly place: QueuePlace
  readonly editReason: string | null
}

function SelectionFoot({ picked, edits, place, editReason }: FootProps): ReactElement {
  const uids = new Set(picked.map((item) => item.item_uid))
  const [first] = picked
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const
  const single = picked.length === 1 && first !== undefined ? first : undefined
  return (
    <footer className="panel-foot selection-foot">
      <span className="grow">{t.queue.selected(picked.length)}</span>
      <Button
        kind="quiet"
        isCompact
        label={t.queue.toFront}
        icon={<IconArrowBarToUp {...icon} />}
        disabledReason={editReason}
        onPress={() => void edits.move(uids, { pos_dest: 'front' })}
      />
      <Button
        kind="quiet"
        isCompact
        label={t.queue.toEnd}
        icon={<IconArrowBarToDown {...icon} />}
        disabledReason={editReason}
        onPress={() => void edits.move(uids, { pos_dest: 'back' })}
      />
      {single === undefined || single.item_type !== 'plan' ? null : (
        <Button
          kind="quiet"
          isCompact
          label={t.queue.edit}
          icon={<IconPencil {...icon} />}
          disabledReason={editReason}
          onPress={() => place.openForm({ edit: single.item_uid })}
        />
      )}
      {single === undefined ? null : (
        <Button
          kind="quiet"
          isCompact
          label={t.queue.duplicate}
          icon={<IconCopy {...icon} />}
          disabledReason={editReason}
          onPress={() => void edits.duplicate(single)}
        />
      )}
      <Button
        kind="quiet"
        isCompact
        label={t.queue.delete}
        icon={<IconTrash {...icon} />}
        disabledReason={editReason}
        onPress={() => void edits.remove(picked)}
      />
    </footer>
  )
}

interface RowMenuProps {
  readonly menu: { readonly item: QueueItem; readonly x: number; readonly y: number } | null
  readonly onClose: () => void
  readonly edits: QueueEdits
  readonly place: QueuePlace
  readonly picked: readonly QueueItem[]
}

/** Menu of a row at the pointer; acts on the selection when the row is part of it. */
export function RowMenu({ menu, onClose, edits, place, picked }: RowMenuProps): ReactElement | null {
  if (menu === null) return null
  const { item } = menu
  const block = picked.includes(item) ? picked : [item]
  const uids = new Set(block.map((one) => one.item_uid))
  const entries: readonly (readonly [string, () => void])[] = [
    [t.queue.details, () => place.openItem(item)],
    ...(item.item_type === 'plan'
      ? ([[t.queue.edit, () => place.openForm({ edit: item.item_uid })]] as const)
      : []),
    [t.queue.duplicate, () => void edits.duplicate(item)],
    [t.queue.up, () => void edits.step(uids, 'up')],
    [t.queue.down, () => void edits.step(uids, 'down')],
    [t.queue.toFront, () => void edits.move(uids, { pos_dest: 'front' })],
    [t.queue.toEnd, () => void edits.move(uids, { pos_dest: 'back' })],
    [t.queue.copySelected, () => void navigator.clipboard.writeText(JSON.stringify(block, null, 2))],
    [t.queue.delete, () => void edits.remove(block)],
  ]
  return (
    <Menu opened onClose={onClose} position="bottom-start" width={180}>
      <Menu.Target>
        <span style={{ position: 'fixed', left: menu.x, top: menu.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>
        {entries.map(([label, act]) => (
          <Menu.Item key={label} onClick={act}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
