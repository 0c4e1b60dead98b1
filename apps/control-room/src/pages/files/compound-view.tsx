import { useMemo, type ReactElement } from 'react'
import { DataGrid } from '../../parts/data-grid.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import type { DatasetViewProps } from './dataset-view.tsx'
import { Downloads } from './downloads.tsx'
import { memberNames } from './h5-types.ts'
import { useValues } from './use-h5.ts'

const mostRows = 1_000

/** A table of named members: a column each. */
export function CompoundView({ file, path, entity }: DatasetViewProps): ReactElement {
  const shape = entity.shape ?? []
  const rowCount = Math.min(mostRows, shape[0] ?? 1)
  const selection = shape.length === 0 ? '' : `0:${rowCount}`
  const found = useValues(file, path, selection)
  const rows = useMemo(() => rowsOf(found.data, shape.length === 0), [found.data, shape.length])
  const columns = useMemo(
    () => [
      {
        key: ' row',
        header: '',
        width: '72px',
        align: 'right' as const,
        cell: (row: number) => <span className="muted">{row}</span>,
      },
      ...memberNames(entity.type).map((name, member) => ({
        key: name,
        header: name,
        width: 'minmax(96px, 1fr)',
        align: 'right' as const,
        cell: (row: number) => memberText(rows[row]?.[member]),
      })),
    ],
    [entity.type, rows],
  )
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      <DataGrid
        label={entity.name}
        columns={columns}
        rowCount={rows.length}
        rowAt={(index) => index}
        keyOf={(row) => String(row)}
        rowHeight={26}
      />
      {(shape[0] ?? 1) > mostRows ? (
        <p className="muted">{t.files.firstRows(mostRows, shape[0] ?? 0)}</p>
      ) : null}
      <Downloads file={file} path={path} selection={selection} isNumeric={false} />
    </Stateful>
  )
}

function rowsOf(data: unknown, isScalar: boolean): readonly (readonly unknown[])[] {
  if (!Array.isArray(data)) return []
  const rows: readonly unknown[] = isScalar ? [data] : data
  return rows.map((row) => (Array.isArray(row) ? row : [row]))
}

function memberText(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value)
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
