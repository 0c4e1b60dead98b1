import { useMemo, useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Segments } from '../../parts/segments.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { DataGrid } from '../../parts/data-grid.tsx'
import { Heat2D, type HeatSource } from '../../plot/heat-2d.tsx'
import { staticSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { frameCount, imageSelection, isNumeric, type H5Dataset } from './h5-types.ts'
import { downloadAddress, useNumbers, useValues } from './use-h5.ts'

export interface DatasetViewProps {
  readonly file: string
  readonly path: string
  readonly entity: H5Dataset
}

type ViewName = 'image' | 'line' | 'table' | 'text'

/** Pixels of a picture; a larger one is thinned out. */
const mostPixels = 1_048_576
const mostElements = 20_000

/** Values of a dataset in the form that fits; never more than can be seen. */
export function DatasetView(props: DatasetViewProps): ReactElement {
  const { entity } = props
  const shape = entity.shape ?? []
  const views = viewsOf(entity)
  const [chosen, setChosen] = useState<ViewName | null>(null)
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? 'text')
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
      </div>
      <div className="dataset-body">
        {view === 'image' ? <ImageDataset {...props} shape={shape} /> : null}
        {view === 'line' ? <LineDataset {...props} length={shape[0] ?? 0} /> : null}
        {view === 'table' ? <TableDataset {...props} shape={shape} /> : null}
        {view === 'text' ? <TextDataset {...props} shape={shape} /> : null}
      </div>
    </>
  )
}

function viewsOf({ shape, type }: H5Dataset): readonly ViewName[] {
  if (shape === null || shape.includes(0) || !isNumeric(type) || shape.length === 0) return ['text']
  return shape.length === 1 ? ['line', 'table'] : ['image', 'table']
}

function ImageDataset({
  file,
  path,
  entity,
  shape,
}: DatasetViewProps & { readonly shape: readonly number[] }): ReactElement {
  const frames = frameCount(shape)
  const [frame, setFrame] = useState(0)
  const [isLog, setLog] = useState(false)
  const { selection, rows, columns } = imageSelection(shape, Math.min(frame, frames - 1), mostPixels)
  const found = useNumbers(file, { path, entity }, selection)
  const [height = 1, width = 1] = shape.slice(-2)
  const source = useMemo((): HeatSource => {
    const values = found.data
    const isWhole = values !== undefined && values.length === rows * columns
    const grid = isWhole
      ? {
          columns,
          rows,
          values,
          x: [0, width - 1] as const,
          y: [0, height - 1] as const,
          current: null,
          isSnaking: false,
          filled: values.length,
        }
      : null
    return { read: () => grid, subscribe: () => () => undefined }
  }, [found.data, rows, columns, width, height])
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      {frames < 2 ? null : (
        <label className="frame-slider num">
          <span>{t.files.frame(Math.min(frame, frames - 1), frames)}</span>
          <input
            type="range"
            className="play-track"
            aria-label={t.files.frameLabel}
            min={0}
            max={frames - 1}
            value={Math.min(frame, frames - 1)}
            onChange={(event) => setFrame(Number(event.currentTarget.value))}
          />
        </label>
      )}
      <label className="check-label">
        <input
          type="checkbox"
          className="check"
          checked={isLog}
          onChange={(event) => setLog(event.currentTarget.checked)}
        />
        {t.files.log}
      </label>
      <div className="dataset-plot image" style={{ aspectRatio: `${width} / ${height}` }}>
        <Heat2D
          source={source}
          xLabel="x"
          yLabel="y"
          zLabel={entity.name}
          zUnit=""
          map="viridis"
          isLog={isLog}
        />
      </div>
      <Downloads
        file={file}
        path={path}
        selection={[...selection.split(',').slice(0, -2), ':', ':'].join(',')}
        isImage
      />
    </Stateful>
  )
}

function LineDataset({
  file,
  path,
  entity,
  length,
}: DatasetViewProps & { readonly length: number }): ReactElement {
  const step = Math.max(1, Math.ceil(length / mostElements))
  const found = useNumbers(file, { path, entity }, `::${step}`)
  const source = useMemo(() => {
    const y = found.data ?? new Float64Array(0)
    return staticSource({
      marks: [],
      xRange: null,
      lines: [
        {
          key: path,
          label: '',
          x: Float64Array.from(y, (_, index) => index * step),
          y,
          colour: 0,
          dash: [],
          hasPoints: y.length < 200,
          isMain: true,
        },
      ],
    })
  }, [found.data, path, step])
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      <div className="dataset-plot">
        <Plot source={source} xLabel="index" yLabel={entity.name} />
      </div>
      <Downloads file={file} path={path} selection=":" />
    </Stateful>
  )
}

function TableDataset({
  file,
  path,
  entity,
  shape,
}: DatasetViewProps & { readonly shape: readonly number[] }): ReactElement {
  const columns = shape.length === 1 ? 1 : Math.min(64, shape.at(-1) ?? 1)
  const rows = Math.min(Math.floor(mostElements / columns), shape.at(shape.length === 1 ? 0 : -2) ?? 0)
  const outer = shape.slice(0, -2).map(() => '0')
  const selection = shape.length === 1 ? `0:${rows}` : [...outer, `0:${rows}`, `0:${columns}`].join(',')
  const found = useNumbers(file, { path, entity }, selection)
  const values = found.data
  const gridColumns = useMemo(
    () => [
      {
        key: 'row',
        header: '',
        width: '72px',
        align: 'right' as const,
        cell: (row: number) => <span className="muted">{row}</span>,
      },
      ...Array.from({ length: columns }, (_, column) => ({
        key: String(column),
        header: String(column),
        width: '88px',
        align: 'right' as const,
        cell: (row: number) => formatNumber(values?.[row * columns + column]),
      })),
    ],
    [columns, values],
  )
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      <DataGrid
        label={entity.name}
        columns={gridColumns}
        rowCount={rows}
        rowAt={(index) => index}
        keyOf={(row) => String(row)}
        rowHeight={26}
      />
      <Downloads file={file} path={path} selection={selection} />
    </Stateful>
  )
}

function TextDataset({
  file,
  path,
  shape,
}: DatasetViewProps & { readonly shape: readonly number[] }): ReactElement {
  const selection = shape.length === 0 ? '' : ['0:200', ...shape.slice(1).map(() => ':')].join(',')
  const found = useValues(file, path, selection)
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      <pre className="mono dataset-text">
        {typeof found.data === 'string' ? found.data : JSON.stringify(found.data, null, 1)}
      </pre>
    </Stateful>
  )
}

function Downloads({
  file,
  path,
  selection,
  isImage = false,
}: {
  readonly file: string
  readonly path: string
  readonly selection: string
  readonly isImage?: boolean
}): ReactElement {
  const { notices } = useControlRoom()
  const snippet = `import h5py, hdf5plugin\nwith h5py.File(${JSON.stringify(file)}) as f:\n    data = f[${JSON.stringify(path)}][${selection.replaceAll(',', ', ')}]`
  return (
    <div className="dataset-downloads">
      {(['npy', ...(isImage ? ['tiff'] : []), 'csv'] as const).map((format) => (
        <a
          key={format}
          className="button compact"
          href={downloadAddress(file, path, { selection, format })}
          download
        >
          {format}
        </a>
      ))}
      <button
        type="button"
        className="button compact"
        onClick={() => {
          void navigator.clipboard.writeText(snippet)
          notices.add({ state: 'good', text: t.files.snippet })
        }}
      >
        h5py
      </button>
    </div>
  )
}
