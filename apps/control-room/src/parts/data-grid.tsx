import { useVirtualizer } from '@tanstack/react-virtual'
import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
} from 'react'

export interface GridColumn<Row> {
  readonly key: string
  readonly header: ReactNode
  /** CSS grid track, e.g. `120px` or `minmax(80px, 2fr)`. */
  readonly width: string
  readonly align?: 'left' | 'right'
  readonly cell: (row: Row, index: number) => ReactNode
}

export interface DataGridProps<Row> {
  readonly label: string
  readonly columns: readonly GridColumn<Row>[]
  readonly rowCount: number
  /** Undefined while the row is not loaded yet. */
  readonly rowAt: (index: number) => Row | undefined
  readonly keyOf: (row: Row, index: number) => string
  readonly rowHeight: number | ((index: number) => number)
  readonly isSelected?: (row: Row) => boolean
  readonly onOpen?: (row: Row, index: number) => void
  readonly onToggle?: (row: Row, index: number) => void
  readonly onMenu?: (row: Row, at: { x: number; y: number }) => void
  /** Keys that the grid does not handle itself, with the row that has the cursor. */
  readonly onKey?: (event: KeyboardEvent, row: Row | undefined) => void
  /** The visible range, to load more. */
  readonly onRange?: (first: number, last: number) => void
  /** Wraps a row, e.g. for drag and drop. */
  readonly decorate?: (row: Row, index: number, element: HTMLElement) => (() => void) | undefined
  readonly hasHead?: boolean
  readonly overscan?: number
  readonly className?: string
  readonly scrollRef?: Ref<HTMLDivElement>
}

/** Rows drawn only where they are seen, as an ARIA grid: arrows move a cursor, Space selects, Enter opens, Shift+F10 is the menu. */
export function DataGrid<Row>(props: DataGridProps<Row>): ReactElement {
  const { label, columns, rowCount, rowHeight, onRange, hasHead = true, className = '' } = props
  const scroll = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState(0)
  const [gutter, setGutter] = useState(0)
  const wantsFocus = useRef(false)
  const virtual = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroll.current,
    estimateSize: typeof rowHeight === 'number' ? () => rowHeight : rowHeight,
    overscan: props.overscan ?? 6,
  })
  const shown = virtual.getVirtualItems()
  const first = shown[0]?.index ?? 0
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => onRange?.(first, last), [first, last, onRange])
  useEffect(() => virtual.measure(), [rowHeight, virtual])
  useEffect(() => {
    const element = scroll.current
    if (element === null) return undefined
    // Head and rows stay aligned when a scroll bar takes width from the rows.
    const watch = new ResizeObserver(() => setGutter(element.offsetWidth - element.clientWidth))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  const active = Math.min(cursor, Math.max(0, rowCount - 1))
  const focusable = active >= first && active <= last ? active : first
  const template = columns.map((column) => column.width).join(' ')

  return (
    <div
      className={`grid-table ${className}`}
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount + (hasHead ? 1 : 0)}
      aria-colcount={columns.length}
      aria-multiselectable={props.onToggle === undefined ? undefined : true}
      onKeyDown={(event) => {
        const next = cursorAfter(event, { active, rowCount, page: Math.max(1, last - first - 1) })
        if (next !== undefined) {
          event.preventDefault()
          wantsFocus.current = true
          setCursor(next)
          virtual.scrollToIndex(next)
          return
        }
        actOnKey(event, props, active)
      }}
    >
      <div
        className="grid-head"
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: template, paddingRight: 12 + gutter }}
        hidden={!hasHead}
      >
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={`grid-cell ${column.align ?? ''}`}>
            {column.header}
          </div>
        ))}
      </div>
      <div
        className="grid-scroll"
        role="presentation"
        ref={(element) => {
          scroll.current = element
          if (typeof props.scrollRef === 'function') props.scrollRef(element)
          else if (props.scrollRef !== undefined && props.scrollRef !== null)
            props.scrollRef.current = element
        }}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {shown.map((item) => (
            <GridRow
              key={rowKey(props, item.index)}
              grid={props}
              index={item.index}
              place={{ start: item.start, size: item.size, template }}
              wantsFocus={wantsFocus}
              isFocusable={item.index === focusable}
              isActive={item.index === active}
              onActivate={() => setCursor(item.index)}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function rowKey<Row>(props: DataGridProps<Row>, index: number): string {
  const row = props.rowAt(index)
  return row === undefined ? `empty-${index}` : props.keyOf(row, index)
}

interface GridRowProps<Row> {
  readonly grid: DataGridProps<Row>
  readonly index: number
  readonly place: {
    readonly start: number
    readonly size: number
    readonly template: string
  }
  /** Set when a key moved the cursor: the row that has it takes the focus. */
  readonly wantsFocus: { current: boolean }
  /** One visible row at a time is reached by Tab. */
  readonly isFocusable: boolean
  readonly isActive: boolean
  readonly onActivate: () => void
}

function GridRow<Row>({
  grid,
  index,
  place,
  isActive,
  isFocusable,
  wantsFocus,
  onActivate,
}: GridRowProps<Row>): ReactElement {
  const row = grid.rowAt(index)
  const element = useRef<HTMLDivElement>(null)
  const { decorate, onOpen, onMenu } = grid
  useEffect(() => {
    if (row === undefined || decorate === undefined || element.current === null) return undefined
    return decorate(row, index, element.current)
  }, [row, index, decorate])
  useEffect(() => {
    if (!isActive || !wantsFocus.current) return
    wantsFocus.current = false
    element.current?.focus({ preventScroll: true })
  }, [isActive, wantsFocus])
  const isSelected = row !== undefined && grid.isSelected?.(row) === true
  return (
    <div
      ref={element}
      tabIndex={isFocusable ? 0 : -1}
      role="row"
      aria-rowindex={index + (grid.hasHead === false ? 1 : 2)}
      aria-selected={grid.isSelected === undefined ? undefined : isSelected}
      className={`grid-row${isActive ? ' active' : ''}${onOpen === undefined ? '' : ' clickable'}`}
      style={{
        height: place.size,
        transform: `translateY(${place.start}px)`,
        gridTemplateColumns: place.template,
      }}
      onClick={(event) => {
        onActivate()
        if (row !== undefined && !isControl(event.target)) onOpen?.(row, index)
      }}
      onContextMenu={(event) => {
        if (row === undefined || onMenu === undefined) return
        event.preventDefault()
        onActivate()
        onMenu(row, { x: event.clientX, y: event.clientY })
      }}
    >
      {grid.columns.map((column) => (
        <div key={column.key} role="gridcell" className={`grid-cell ${column.align ?? ''}`}>
          {row === undefined ? null : column.cell(row, index)}
        </div>
      ))}
    </div>
  )
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button, input, a, select') !== null
}

function cursorAfter(
  event: KeyboardEvent,
  at: { active: number; rowCount: number; page: number },
): number | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return undefined
  const end = Math.max(0, at.rowCount - 1)
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(end, at.active + 1),
    ArrowUp: Math.max(0, at.active - 1),
    PageDown: Math.min(end, at.active + at.page),
    PageUp: Math.max(0, at.active - at.page),
    Home: 0,
    End: end,
  }
  return moves[event.key]
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLInputElement && target.type !== 'checkbox'
}

function actOnKey<Row>(event: KeyboardEvent<HTMLElement>, props: DataGridProps<Row>, active: number): void {
  const row = props.rowAt(active)
  const isElsewhere = isTyping(event.target) || isControl(event.target) || event.altKey
  const act = row === undefined || isElsewhere ? undefined : rowAction(event, props, { row, index: active })
  if (act === undefined) return props.onKey?.(event, row)
  event.preventDefault()
  act()
}

function rowAction<Row>(
  event: KeyboardEvent<HTMLElement>,
  { onToggle, onOpen, onMenu }: DataGridProps<Row>,
  { row, index }: { readonly row: Row; readonly index: number },
): (() => void) | undefined {
  if (event.key === ' ') return onToggle === undefined ? undefined : () => onToggle(row, index)
  if (event.key === 'Enter') return onOpen === undefined ? undefined : () => onOpen(row, index)
  if (event.key !== 'F10' || !event.shiftKey || onMenu === undefined) return undefined
  const box = event.currentTarget.querySelector('.grid-row.active')?.getBoundingClientRect()
  return () => onMenu(row, { x: (box?.left ?? 0) + 120, y: box?.bottom ?? 0 })
}
