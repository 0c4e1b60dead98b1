import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { IconPlus } from '@tabler/icons-react'
import { useState, type DragEvent, type ReactElement } from 'react'
import { t } from '../../text/text.ts'
import { AddPlotDialog } from './add-plot-dialog.tsx'
import { choiceOf, withPlot } from './add-plot.ts'
import { emptyPlaces, fits, movedTo, placeBetween, type Place } from './cell-place.ts'
import { droppedCell, droppedOutput, isLiveDrag } from './output-chips.tsx'

interface Corner {
  readonly row: number
  readonly col: number
}

export interface EmptyPlacesProps {
  readonly state: LiveChannelState
  readonly grid: LiveGrid | null
  readonly onGrid: (grid: LiveGrid) => Promise<void>
}

/** Free places of a layout: two corners that are clicked span a new plot, an output that is dropped makes one. */
export function EmptyPlaces({ state, grid, onGrid }: EmptyPlacesProps): ReactElement | null {
  const [first, setFirst] = useState<Corner | null>(null)
  const [over, setOver] = useState<Corner | null>(null)
  const [chosen, setChosen] = useState<Place | null>(null)
  if (grid === null) return null
  const spanned = first !== null && over !== null ? placeBetween(first, over) : null
  const canSpan = spanned !== null && fits(grid, spanned, null)
  const press = (corner: Corner): void => {
    if (first === null) {
      setFirst(corner)
      setOver(corner)
      return
    }
    const place = placeBetween(first, corner)
    setFirst(null)
    // Over another plot it cannot lie: then this click is the first corner of the next try.
    if (fits(grid, place, null)) setChosen(place)
    else setFirst(corner)
  }
  const drop = (event: DragEvent, place: Place): void => {
    const cell = droppedCell(event)
    if (cell !== null) {
      event.preventDefault()
      const moved = movedTo(grid, cell, { row: place.row, col: place.col })
      if (moved !== grid) onGrid(moved).catch(() => undefined) // already told
      return
    }
    const dropped = droppedOutput(event)
    const workflow = state.workflows.find(({ id }) => id === dropped?.workflow)
    const output = workflow?.outputs.find(({ name }) => name === dropped?.output)
    if (workflow === undefined || output === undefined) return
    event.preventDefault()
    const next = withPlot(grid, { kind: 'place', place }, choiceOf(state, workflow, output))
    onGrid(next).catch(() => undefined) // already told
  }
  return (
    <>
      {emptyPlaces(grid).map((corner) => {
        const isSpanned = canSpan && isInside(corner, spanned)
        return (
          <button
            key={`${corner.row} ${corner.col}`}
            type="button"
            className={`empty-place${isSpanned ? ' spanned' : ''}`}
            style={{ gridRow: corner.row + 1, gridColumn: corner.col + 1 }}
            aria-label={labelOf(corner, first)}
            onClick={() => press(corner)}
            onPointerEnter={() => setOver(corner)}
            onFocus={() => setOver(corner)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || first === null) return
              event.stopPropagation()
              setFirst(null)
            }}
            onDragOver={(event) => {
              if (isLiveDrag(event)) event.preventDefault()
            }}
            onDrop={(event) => drop(event, { ...corner, row_span: 1, col_span: 1 })}
          >
            <IconPlus size={16} stroke={1.75} aria-hidden />
            <span>{textOf(corner, first, canSpan ? spanned : null)}</span>
          </button>
        )
      })}
      {chosen === null ? null : (
        <AddPlotDialog
          state={state}
          grid={grid}
          target={{ kind: 'place', place: chosen }}
          onGrid={onGrid}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  )
}

function isInside({ row, col }: Corner, place: Place): boolean {
  return (
    row >= place.row &&
    row < place.row + place.row_span &&
    col >= place.col &&
    col < place.col + place.col_span
  )
}

/** What a click does here, once a corner is chosen: at the place under the pointer only. */
function textOf(corner: Corner, first: Corner | null, spanned: Place | null): string {
  if (first === null) return t.grids.firstCorner
  if (spanned === null) return t.grids.cornerTaken
  const end = first.row === corner.row && first.col === corner.col
  return isInside(corner, spanned) || end ? t.grids.clickFor(spanned.row_span, spanned.col_span) : ''
}

/** What a click on this place does. */
function labelOf(corner: Corner, first: Corner | null): string {
  const place = t.grids.place(corner.row + 1, corner.col + 1)
  if (first === null) return `${place}: ${t.grids.firstCorner}`
  const size = placeBetween(first, corner)
  return `${place}: ${t.grids.clickFor(size.row_span, size.col_span)}`
}
