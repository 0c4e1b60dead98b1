import { useMemo, type ReactElement } from 'react'
import { DataGrid } from '../../parts/data-grid.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import type { DatasetViewProps } from './dataset-view.tsx'
import { Downloads } from './downloads.tsx'
import { tableSelection } from './h5-types.ts'
import { useNumbers } from './use-h5.ts'

/** Numbers in rows and columns: the last two dimensions, as many as can be read. */
export function TableView({ file, path, entity, outer = [] }: DatasetViewProps): ReactElement {
  const shape = entity.shape ?? []
  const { selection, rows, columns } = tableSelection(shape, outer)
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
        header: shape.length === 1 ? '' : String(column),
        width: '88px',
        align: 'right' as const,
        cell: (row: number) => formatNumber(values?.[row * columns + column]),
      })),
    ],
    [columns, values, shape.length],
  )
  const allRows = shape.at(shape.length === 1 ? 0 : -2) ?? 0
  const allColumns = shape.length === 1 ? 1 : (shape.at(-1) ?? 1)
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
      {rows < allRows || columns < allColumns ? (
        <p className="muted">{t.files.partOfTable(`${rows} × ${columns}`, `${allRows} × ${allColumns}`)}</p>
      ) : null}
      <Downloads file={file} path={path} selection={selection} />
    </Stateful>
  )
}
