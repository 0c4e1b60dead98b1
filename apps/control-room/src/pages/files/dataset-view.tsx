import { useState, type ReactElement } from 'react'
import { Segments } from '../../parts/segments.tsx'
import { t } from '../../text/text.ts'
import { CompoundView } from './compound-view.tsx'
import { isNumeric, memberNames, type H5Dataset } from './h5-types.ts'
import { ImageView } from './image-view.tsx'
import { IndexField } from './index-field.tsx'
import { LineView } from './line-view.tsx'
import type { Axis } from './nx-data.ts'
import { TableView } from './table-view.tsx'
import { TextView } from './text-view.tsx'

export interface DatasetViewProps {
  readonly file: string
  readonly path: string
  readonly entity: H5Dataset
  /** What the elements of each dimension stand for, where the file says so. */
  readonly axes?: readonly (Axis | undefined)[]
  /** Index in the dimensions that a curve or a table does not show. */
  readonly outer?: readonly number[]
}

type ViewName = 'image' | 'line' | 'table' | 'compound' | 'text'

/** Values of a dataset in the form that fits; never more than can be seen. */
export function DatasetView(props: DatasetViewProps): ReactElement {
  const { entity } = props
  const shape = entity.shape ?? []
  const views = viewsOf(entity)
  const [chosen, setChosen] = useState<ViewName | null>(null)
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? 'text')
  const [place, setPlace] = useState<readonly number[]>([])
  // A curve shows one dimension, a table two; a picture has a slider of its own.
  const chooses = { image: 0, line: shape.length - 1, table: shape.length - 2, compound: 0, text: 0 }[view]
  const outer = shape
    .slice(0, Math.max(0, chooses))
    .map((length, dimension) => Math.min(place[dimension] ?? 0, length - 1))
  return (
    <>
      <div className="dataset-tools">
        {views.length < 2 ? null : (
          <Segments
            label={t.files.values}
            value={view}
            options={views.map((value) => ({ value, label: t.files.views[value] }))}
            onChange={setChosen}
          />
        )}
        {outer.map((index, dimension) => {
          const last = (shape[dimension] ?? 1) - 1
          const choose = (text: string): void =>
            setPlace(outer.with(dimension, Math.max(0, Math.min(last, Math.floor(Number(text))))))
          const label = t.files.dimension(dimension, last)
          return <IndexField key={dimension} label={label} value={index} max={last} onText={choose} />
        })}
      </div>
      <div className="dataset-body">
        {view === 'image' ? <ImageView {...props} /> : null}
        {view === 'line' ? <LineView {...props} outer={outer} /> : null}
        {view === 'table' ? <TableView {...props} outer={outer} /> : null}
        {view === 'compound' ? <CompoundView {...props} /> : null}
        {view === 'text' ? <TextView {...props} /> : null}
      </div>
    </>
  )
}

function viewsOf({ shape, type }: H5Dataset): readonly ViewName[] {
  if (shape !== null && !shape.includes(0) && memberNames(type).length > 0 && shape.length < 2)
    return ['compound', 'text']
  if (shape === null || shape.includes(0) || !isNumeric(type) || shape.length === 0) return ['text']
  return shape.length === 1 ? ['line', 'table'] : ['image', 'line', 'table']
}
