import { IconArrowsMaximize, IconArrowsMinimize, IconVectorTriangle } from '@tabler/icons-react'
import type { DragEvent, ReactElement } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { LiveText } from '../../parts/live-text.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { CellAge } from './cell-age.tsx'
import { CellMenu } from './cell-menu.tsx'
import { dragCell } from './output-chips.tsx'
import { followsOf, type CellHeadProps } from './cell-props.ts'
import type { OutputState } from './use-output.ts'

/** Title, age and tools of a cell; on a wall only what is read from afar. */
export function CellHead(props: CellHeadProps): ReactElement {
  const { title, sub, store, stores, isWall, index, isFull, actions } = props
  const isMovable = useScope('write:manager:control') && props.layers !== null && !isWall && !isFull
  return (
    <header className="panel-head">
      <h2
        className="ellipsis"
        {...(isMovable ? { draggable: true, onDragStart: (event: DragEvent) => dragCell(event, index) } : {})}
      >
        {title}
      </h2>
      <span className="sub ellipsis" title={sub}>
        {sub}
      </span>
      <span className="grow" />
      <Counts store={store} />
      <CellAge
        store={store}
        stores={stores}
        isFrozen={props.isFrozen}
        health={props.health}
        problem={props.problem}
      />
      {isWall ? null : (
        <>
          <ScaleTools {...props} />
          <CellMenu {...props} />
          <Button
            isCompact
            kind="quiet"
            isIconOnly
            label={isFull ? t.grids.fullOff : t.grids.full}
            icon={
              isFull ? (
                <IconArrowsMinimize size={14} stroke={1.75} aria-hidden />
              ) : (
                <IconArrowsMaximize size={14} stroke={1.75} aria-hidden />
              )
            }
            onPress={() => actions.full(isFull ? null : index)}
          />
        </>
      )}
    </header>
  )
}

/** What is changed often; cells that are narrow have it in their menu only. */
function ScaleTools(props: CellHeadProps): ReactElement | null {
  const { store, isLog, onLog, isDrawing, onDrawing, regionsOf, scale, onScale } = props
  const ndim = useStore(store, ({ output }) => output?.shape.length ?? 0)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  return (
    <>
      <span className="cell-scale">
        {followsOf(ndim).map(({ axis, label, hint }) => (
          <Button
            key={axis}
            isCompact
            kind="quiet"
            isOn={scale[axis]}
            label={label}
            aria-label={hint}
            hint={hint}
            onPress={() => onScale({ ...scale, [axis]: !scale[axis] })}
          />
        ))}
        <Button
          isCompact
          kind="quiet"
          label={t.grids.fit}
          hint={t.grids.fitHelp}
          onPress={() => onScale({ ...scale, fit: scale.fit + 1 })}
        />
      </span>
      {ndim > 1 && regionsOf !== null ? (
        <Button
          isCompact
          kind="quiet"
          isIconOnly
          isOn={isDrawing}
          label={t.data.regions}
          hint={t.data.regionsHelp}
          icon={<IconVectorTriangle size={14} stroke={1.75} aria-hidden />}
          disabledReason={reason}
          onPress={() => onDrawing(!isDrawing)}
        />
      ) : null}
      {ndim > 0 ? (
        <Button
          isCompact
          kind="quiet"
          isOn={isLog}
          label="log"
          hint={t.data.log}
          onPress={() => onLog(!isLog)}
        />
      ) : null}
    </>
  )
}

/** Sum of the counts, short; to the last event on hover. Written without React: it changes with each result. */
function Counts({ store }: { readonly store: StoreApi<OutputState> }): ReactElement | null {
  const hasCounts = useStore(store, ({ output }) => countsOf(output) !== null)
  if (!hasCounts) return null
  return (
    <span className="sub num">
      <LiveText store={store} select={shortCounts} title={fullCounts} className="output-counts" />
    </span>
  )
}

function countsOf(output: OutputState['output']): number | null {
  return output !== null && output.unit === 'counts' && output.shape.length > 0 ? output.sum : null
}

function shortCounts({ output }: OutputState): string {
  return t.data.counts(formatNumber(countsOf(output)))
}

function fullCounts({ output }: OutputState): string {
  return t.data.counts(formatCount(countsOf(output)))
}
