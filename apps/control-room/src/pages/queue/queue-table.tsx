import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import type { ItemEstimate, QueueItem } from '@beamtime/http-gateway/ui-types'
import { IconDots, IconGripVertical, IconHandStop } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { userName } from '../../app/current-plan.ts'
import { useControlRoom, useHasUsers, usePref, useScope, useWidthClass } from '../../app/use-control-room.ts'
import { useModels, type Models } from '../../app/use-models.ts'
import { describeItem } from '../../form/describe-item.ts'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatEstimate } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import type { QueueEdits } from './queue-edits.tsx'
import { attachRowDrag } from './row-drag.ts'

export interface QueueTableProps {
  readonly items: readonly QueueItem[]
  readonly selection: ReadonlySet<string>
  readonly onSelect: (selection: ReadonlySet<string>) => void
  readonly onOpen: (item: QueueItem) => void
  readonly onMenu: (item: QueueItem, at: { x: number; y: number }) => void
  readonly edits: QueueEdits
}

/** The queue as rows in words, to be dragged, selected and moved by keys. */
export function QueueTable(props: QueueTableProps): ReactElement {
  const { items, selection, onSelect, onOpen, onMenu, edits } = props
  const { queue } = useControlRoom()
  const models = useModels()
  const mayEdit = useScope('write:queue:edit')
  const hasUsers = useHasUsers()
  const estimates = useStore(queue.store, (view) => view.estimates)
  const isPhone = useWidthClass() === 'phone'
  const [density] = usePref('density')
  const scroll = useRef<HTMLDivElement>(null)
  const chosen = useRef(selection)
  useEffect(() => {
    chosen.current = selection
  })
  useEffect(
    () =>
      scroll.current === null || isPhone ? undefined : autoScrollForElements({ element: scroll.current }),
    [isPhone],
  )

  const toggle = useCallback(
    (item: QueueItem) => {
      const next = new Set(chosen.current)
      if (!next.delete(item.item_uid)) next.add(item.item_uid)
      onSelect(next)
    },
    [onSelect],
  )
  const columns = useMemo(
    () =>
      isPhone
        ? phoneColumns({ models, estimates, onMenu })
        : wideColumns({ models, estimates, selection, items, toggle, onSelect, mayEdit, hasUsers }),
    [isPhone, models, estimates, selection, items, toggle, onSelect, onMenu, mayEdit, hasUsers],
  )
  const decorate = useCallback(
    (item: QueueItem, _index: number, element: HTMLElement) =>
      attachRowDrag({
        uid: item.item_uid,
        element,
        block: () => (chosen.current.has(item.item_uid) ? chosen.current : new Set([item.item_uid])),
        onStart: () => queue.hold(),
        onEnd: () => queue.release(),
        onDrop: (uids, target) => void edits.move(uids, target),
      }),
    [queue, edits],
  )

  return (
    <DataGrid
      className={isPhone ? 'queue-grid phone' : 'queue-grid'}
      label={t.queue.table}
      columns={columns}
      rowCount={items.length}
      rowAt={(index) => items[index]}
      keyOf={(item) => item.item_uid}
      rowHeight={
        isPhone
          ? (index) => (items[index]?.item_type === 'instruction' ? 44 : 60)
          : density === 'compact'
            ? 36
            : 44
      }
      hasHead={!isPhone}
      isSelected={(item) => selection.has(item.item_uid)}
      onToggle={toggle}
      onOpen={onOpen}
      onMenu={onMenu}
      onKey={(event, item) => onGridKey(event, { item, items, selection, edits, onSelect })}
      scrollRef={scroll}
      {...(mayEdit && !isPhone ? { decorate } : {})}
    />
  )
}

interface KeyInputs {
  readonly item: QueueItem | undefined
  readonly items: readonly QueueItem[]
  readonly selection: ReadonlySet<string>
  readonly edits: QueueEdits
  readonly onSelect: (selection: ReadonlySet<string>) => void
}

function onGridKey(event: KeyboardEvent, { item, items, selection, edits, onSelect }: KeyInputs): void {
  if (item === undefined) return
  const block = selection.has(item.item_uid) ? selection : new Set([item.item_uid])
  const isCommand = event.ctrlKey || event.metaKey
  const act = keyActions(event, isCommand, { block, item, items, edits, onSelect })
  if (act === undefined) return
  event.preventDefault()
  act()
}

interface KeyTargets {
  readonly block: ReadonlySet<string>
  readonly item: QueueItem
  readonly items: readonly QueueItem[]
  readonly edits: QueueEdits
  readonly onSelect: (selection: ReadonlySet<string>) => void
}

function keyActions(event: KeyboardEvent, isCommand: boolean, o: KeyTargets): (() => void) | undefined {
  if (event.altKey) {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowUp: () => void o.edits.step(o.block, 'up'),
      ArrowDown: () => void o.edits.step(o.block, 'down'),
      Home: () => void o.edits.move(o.block, { pos_dest: 'front' }),
      End: () => void o.edits.move(o.block, { pos_dest: 'back' }),
    }
    return moves[event.key]
  }
  if (event.key === 'Delete')
    return () => void o.edits.remove(o.items.filter((candidate) => o.block.has(candidate.item_uid)))
  if (isCommand && event.key === 'd') return () => void o.edits.duplicate(o.item)
  if (isCommand && event.key === 'z') return () => o.edits.undo()
  if (isCommand && event.key === 'a')
    return () => o.onSelect(new Set(o.items.map((candidate) => candidate.item_uid)))
  return undefined
}

interface ColumnInputs {
  readonly models: Models
  readonly estimates: Readonly<Record<string, ItemEstimate>>
  readonly selection: ReadonlySet<string>
  readonly items: readonly QueueItem[]
  readonly toggle: (item: QueueItem) => void
  readonly onSelect: (selection: ReadonlySet<string>) => void
  readonly mayEdit: boolean
  readonly hasUsers: boolean
}

function wideColumns(o: ColumnInputs): readonly GridColumn<QueueItem>[] {
  const words = (item: QueueItem) => describeItem(item, o.models.modelOf(item.name), o.models.device)
  const areAll = o.items.length > 0 && o.items.every((item) => o.selection.has(item.item_uid))
  const columns: readonly GridColumn<QueueItem>[] = [
    {
      key: 'grip',
      header: '',
      width: '16px',
      cell: (_item, index) => (o.mayEdit ? <DragHandle index={index} /> : null),
    },
    {
      key: 'check',
      width: '16px',
      header: (
        <SelectAll
          areAll={areAll}
          isSome={o.selection.size > 0}
          onChange={(all) => o.onSelect(all ? new Set(o.items.map((item) => item.item_uid)) : new Set())}
        />
      ),
      cell: (item, index) => (
        <input
          type="checkbox"
          className="check"
          tabIndex={-1}
          aria-label={t.queue.selectRow(index + 1)}
          checked={o.selection.has(item.item_uid)}
          onChange={() => o.toggle(item)}
        />
      ),
    },
    {
      key: 'number',
      header: t.queue.columns.number,
      width: '24px',
      align: 'right',
      cell: (_item, index) => <span className="muted">{index + 1}</span>,
    },
    {
      key: 'title',
      header: t.queue.columns.title,
      width: 'minmax(110px, 1.25fr)',
      cell: (item) => <TitleText item={item} title={words(item).title} />,
    },
    {
      key: 'plan',
      header: t.queue.columns.plan,
      width: 'minmax(64px, 90px)',
      cell: (item) => <span className="muted">{item.item_type === 'plan' ? item.name : ''}</span>,
    },
    {
      key: 'parameters',
      header: t.queue.columns.parameters,
      width: 'minmax(120px, 2fr)',
      cell: (item) => {
        if (item.item_type === 'instruction') return null
        const { parameters } = words(item)
        return <span title={parameters}>{parameters}</span>
      },
    },
    {
      key: 'user',
      header: t.queue.columns.user,
      width: 'minmax(36px, 54px)',
      cell: (item) => <span className="muted">{item.item_type === 'plan' ? userName(item.user) : ''}</span>,
    },
    {
      key: 'time',
      header: t.queue.columns.time,
      width: '58px',
      align: 'right',
      cell: (item) => (item.item_type === 'plan' ? formatEstimate(o.estimates[item.item_uid]?.seconds) : ''),
    },
    {
      key: 'check-state',
      header: t.queue.columns.check,
      width: '78px',
      cell: (item) => <CheckState item={item} isKnown={isPlanKnown(o.models, item)} />,
    },
  ]
  return o.hasUsers ? columns : columns.filter((column) => column.key !== 'user')
}

/** While the list of plans is not loaded nothing is called unknown. */
function isPlanKnown(models: Models, item: QueueItem): boolean {
  return models.plans.length === 0 || item.item_type !== 'plan' || models.modelOf(item.name) !== undefined
}

function TitleText({ item, title }: { item: QueueItem; title: string }): ReactElement {
  if (item.item_type !== 'instruction') return <span className="strong">{title}</span>
  return (
    <span className="stop-row">
      <IconHandStop size={16} stroke={1.75} aria-hidden />
      <span className="strong">{title}</span>
      <span className="muted stop-help">{t.queue.stopHereHelp}</span>
    </span>
  )
}

function DragHandle({ index }: { index: number }): ReactElement {
  return (
    <span className="drag-handle" data-drag-handle="" role="img" aria-label={t.queue.drag(index + 1)}>
      <IconGripVertical size={16} aria-hidden />
    </span>
  )
}

function SelectAll({
  areAll,
  isSome,
  onChange,
}: {
  areAll: boolean
  isSome: boolean
  onChange: (all: boolean) => void
}): ReactElement {
  return (
    <input
      type="checkbox"
      className="check"
      aria-label={t.queue.selectAll}
      checked={areAll}
      ref={(element) => {
        if (element !== null) element.indeterminate = isSome && !areAll
      }}
      onChange={() => onChange(!areAll)}
    />
  )
}

function CheckState({ item, isKnown }: { item: QueueItem; isKnown: boolean }): ReactElement | null {
  if (item.item_type === 'instruction') return null
  if (!isKnown) return <StateChip state="bad" word={t.queue.unknownPlan} />
  if (item.result !== undefined)
    return <StateChip state="attention" word={t.queue.returned} title={item.result.msg} />
  return <StateChip state="good" word={t.queue.valid} />
}

function phoneColumns({
  models,
  estimates,
  onMenu,
}: Pick<ColumnInputs, 'models' | 'estimates'> &
  Pick<QueueTableProps, 'onMenu'>): readonly GridColumn<QueueItem>[] {
  return [
    {
      key: 'number',
      header: '',
      width: '20px',
      align: 'right',
      cell: (_item, index) => <span className="muted">{index + 1}</span>,
    },
    {
      key: 'words',
      header: '',
      width: 'minmax(0, 1fr)',
      cell: (item) => {
        const words = describeItem(item, models.modelOf(item.name), models.device)
        return (
          <>
            <div className="phone-title ellipsis">
              <TitleText item={item} title={words.title} />
            </div>
            {item.item_type === 'instruction' ? null : item.result === undefined ? (
              <div className="small muted ellipsis">{words.parameters}</div>
            ) : (
              <StateChip state="attention" word={t.queue.returned} />
            )}
          </>
        )
      },
    },
    {
      key: 'time',
      header: '',
      width: 'auto',
      align: 'right',
      cell: (item) =>
        item.item_type === 'plan' ? (
          <>
            <div>{formatEstimate(estimates[item.item_uid]?.seconds)}</div>
            <div className="small muted">{userName(item.user)}</div>
          </>
        ) : null,
    },
    {
      key: 'menu',
      header: '',
      width: '44px',
      cell: (item, index) => (
        <button
          type="button"
          className="button quiet icon-only"
          aria-label={t.queue.rowMenu(index + 1)}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect()
            onMenu(item, { x: box.right, y: box.bottom })
          }}
        >
          <IconDots size={20} aria-hidden />
        </button>
      ),
    },
  ]
}
