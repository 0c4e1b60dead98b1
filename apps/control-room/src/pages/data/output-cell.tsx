import type { LiveLayer } from '@beamtime/http-gateway/ui-types'
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { timeOfData } from './cell-age.tsx'
import { CellHead } from './cell-head.tsx'
import { pictureName, saveCellPicture } from './cell-picture.ts'
import type { Direction } from './cell-place.ts'
import type { OutputCellProps } from './cell-props.ts'
import { LayerFeed, useLayerStores } from './layer-feed.tsx'
import { followAll, kindOf, type CellScale } from './output-kind.ts'
import { OutputPlot } from './output-plot.tsx'
import { chartOf, TableDialog } from './plots/table-dialog.tsx'
import { useIsSeen } from './use-is-seen.ts'
import { useOutput } from './use-output.ts'

/** One output with its title, its age and its plot; followed only while it is seen. */
export const OutputCell = memo(function OutputCell(props: OutputCellProps): ReactElement {
  const { instrument, outputKey, more, title, sub, source, isFrozen, regionsOf, index, actions } = props
  const section = useRef<HTMLElement>(null)
  const isPaused = !useIsSeen(section) || isFrozen
  const store = useOutput(instrument, outputKey, { isFrozen: isPaused, maxRate: 5 })
  const isNumber = useStore(store, ({ output }) => kindOf(output) === 'number')
  const resumes = useResumes(isPaused)
  const layers = useMemo(() => layersOf(more), [more])
  const stores = useLayerStores({ key: outputKey, source, store }, layers)
  const layer = props.layers?.find(hasData) ?? null
  const overlays = useMemo(() => (props.layers ?? []).filter((one) => !hasData(one)), [props.layers])
  const [isLog, setLog] = useState(false)
  const [isDrawing, setDrawing] = useState(false)
  const [scale, setScale] = useState<CellScale>(followAll)
  const [tabled, setTabled] = useState<number | null>(null)
  const onKey = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    const direction = event.altKey ? arrows[event.key] : undefined
    if (event.key === 'Enter') actions.full(props.isFull ? null : index)
    else if (direction !== undefined) actions.move(index, direction)
    else return
    event.preventDefault()
  }
  const onPicture = (): void => {
    if (section.current === null) return
    const name = pictureName(
      instrument,
      stores.map(({ key }) => key),
    )
    void saveCellPicture(section.current, name, { title, sub, time: timeOfData(store) })
  }
  const onTable = (): void => setTabled(section.current === null ? null : chartOf(section.current))
  return (
    <section
      ref={section}
      className="panel output-cell"
      aria-label={`${title}, ${sub}`}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- Enter shows it on the whole screen
      tabIndex={0}
      onKeyDown={onKey}
    >
      {layers.map(({ key }) => (
        <LayerFeed key={key} instrument={instrument} outputKey={key} isFrozen={isPaused} stores={stores} />
      ))}
      <CellHead
        {...props}
        store={store}
        stores={stores}
        isLog={isLog}
        onLog={setLog}
        isDrawing={isDrawing}
        onDrawing={setDrawing}
        scale={scale}
        onScale={setScale}
        onTable={onTable}
        onPicture={onPicture}
      />
      <div className="panel-body output-body">
        <OutputPlot
          // A number's past that went by unseen is asked for anew.
          key={isNumber ? resumes : 0}
          instrument={instrument}
          outputKey={outputKey}
          store={store}
          stores={stores}
          isLog={isLog}
          regions={regionsOf === null ? null : { jobNumber: regionsOf, source, isDrawing }}
          scale={scale}
          layer={layer}
          overlays={overlays}
        />
      </div>
      {tabled === null ? null : <TableDialog chart={tabled} title={title} onClose={() => setTabled(null)} />}
    </section>
  )
})

/** How often something was taken up again. */
function useResumes(isPaused: boolean): number {
  const [resumes, setResumes] = useState(0)
  const wasPaused = useRef(isPaused)
  useEffect(() => {
    if (wasPaused.current && !isPaused) setResumes((n) => n + 1)
    wasPaused.current = isPaused
  }, [isPaused])
  return resumes
}

function hasData({ data_sources: sources }: LiveLayer): boolean {
  return sources['primary'] !== undefined
}

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

function layersOf(text: string): readonly { readonly source: string; readonly key: string }[] {
  if (text === '') return []
  return text.split('\n\n').map((pair) => {
    const [source = '', key = ''] = pair.split('\n')
    return { source, key }
  })
}
