import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react'
import { t } from '../../text/text.ts'

export interface CellEdgeProps {
  readonly rows: number
  readonly columns: number
  /** Of the whole layout, to know the size of one place. */
  readonly title: string
  readonly onSpan: (span: { readonly rows: number; readonly columns: number }) => void
}

/** The corner of a cell: dragged, or moved with the arrow keys, it makes the cell larger or smaller. */
export function CellEdge({ rows, columns, title, onSpan }: CellEdgeProps): ReactElement {
  const from = useRef<{ x: number; y: number; w: number; h: number } | null>(null)
  const press = (event: PointerEvent<HTMLButtonElement>): void => {
    const cell = event.currentTarget.parentElement?.getBoundingClientRect()
    if (event.button !== 0 || cell === undefined) return
    event.currentTarget.setPointerCapture(event.pointerId)
    from.current = { x: event.clientX, y: event.clientY, w: cell.width / columns, h: cell.height / rows }
  }
  const release = (event: PointerEvent): void => {
    const start = from.current
    from.current = null
    if (start === null) return
    const wide = Math.max(1, columns + Math.round((event.clientX - start.x) / start.w))
    const high = Math.max(1, rows + Math.round((event.clientY - start.y) / start.h))
    if (wide !== columns || high !== rows) onSpan({ rows: high, columns: wide })
  }
  const key = (event: KeyboardEvent): void => {
    const [across, down] = steps[event.key] ?? [0, 0]
    if (across === 0 && down === 0) return
    event.preventDefault()
    onSpan({ rows: rows + down, columns: columns + across })
  }
  return (
    <button
      type="button"
      className="cell-edge"
      aria-label={t.data.resizeCell(title)}
      title={t.data.resizeHelp}
      onPointerDown={press}
      onPointerUp={release}
      onKeyDown={key}
    />
  )
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}
