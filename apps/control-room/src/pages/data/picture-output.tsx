import { useMemo, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { HeatGrid } from '../../plot/heat-grid.ts'
import { Heat2D } from '../../plot/heat-2d.tsx'
import { useAxis, useUnit, type OutputPlotProps, type RegionsOfJob } from './output-kind.ts'
import { RegionEditor, RegionTools } from './region-editor.tsx'
import { boundsOf, type Bounds, type RegionKind } from './regions.ts'
import { centresOf, type ShownOutput } from './use-output.ts'
import { useRegions } from './use-regions.ts'

/** A picture by value, with the regions of its job. */
export function PictureOutput(props: OutputPlotProps): ReactElement {
  const { regions } = props
  if (regions !== null) return <PictureWithRegions {...props} regions={regions} />
  return (
    <div className="output-plot">
      <Picture {...props} />
    </div>
  )
}

function Picture({ store, isLog, scale }: Pick<OutputPlotProps, 'store' | 'isLog' | 'scale'>): ReactElement {
  const xLabel = useAxis(store, -1)
  const yLabel = useAxis(store, -2)
  const unit = useUnit(store)
  const source = useMemo(
    () => ({
      subscribe: (listener: () => void) => store.subscribe(listener),
      read: () => pictureGrid(store.getState().output),
    }),
    [store],
  )
  return (
    <Heat2D
      source={source}
      xLabel={xLabel}
      yLabel={yLabel}
      zLabel={unit}
      zUnit={unit}
      map="viridis"
      isLog={isLog}
      follow={scale}
    />
  )
}

function PictureWithRegions(
  props: Omit<OutputPlotProps, 'regions'> & { readonly regions: RegionsOfJob },
): ReactElement {
  const { instrument, outputKey, store, regions: job } = props
  const { regions, isPending, send } = useRegions(instrument, outputKey, job)
  const [tool, setTool] = useState<RegionKind>('rectangles')
  // The place of the picture changes with its shape only, not with its values.
  const place = useStore(store, ({ output }) => {
    const grid = pictureGrid(output)
    return grid === null ? '' : JSON.stringify(boundsOf(grid))
  })
  const shared = { regions, isPending, tool, onRegions: send }
  return (
    <>
      {job.isDrawing ? <RegionTools {...shared} onTool={setTool} /> : null}
      <div className="output-plot">
        <Picture {...props} />
        {place === '' ? null : (
          <RegionEditor {...shared} bounds={JSON.parse(place) as Bounds} isDrawing={job.isDrawing} />
        )}
      </div>
    </>
  )
}

/** Of more than two dimensions the first picture is shown. */
export function pictureGrid(output: ShownOutput | null): HeatGrid | null {
  if (output === null || output.shape.length < 2) return null
  const [rows = 0, columns = 0] = output.shape.slice(-2)
  const span = (axis: string, length: number): readonly [number, number] => {
    const coord = output.coords.get(axis)?.values
    // Pixel n without a coordinate lies from n to n + 1, as regions count.
    if (coord === undefined || coord.length === 0) return [0.5, length - 0.5]
    const centres = centresOf(coord, length)
    return [centres[0] ?? 0, centres.at(-1) ?? length - 1]
  }
  return {
    rows,
    columns,
    values: output.values.subarray(0, rows * columns),
    x: span(output.axes.at(-1) ?? '', columns),
    y: span(output.axes.at(-2) ?? '', rows),
    current: null,
    isSnaking: false,
    filled: rows * columns,
  }
}
