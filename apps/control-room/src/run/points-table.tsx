import type { ColumnInfo } from '@beamtime/http-gateway/ui-types'
import { useMemo, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { CopyButton } from '../parts/copy-button.tsx'
import { DataGrid, type GridColumn } from '../parts/data-grid.tsx'
import { Button } from '../parts/button.tsx'
import { saveFile } from '../parts/save-file.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import type { LiveTable } from '../stores/live-table.ts'
import { formatCount, formatNumber } from '../text/format-number.ts'
import { formatClock } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { useRunTable } from './use-run-version.ts'

export interface PointsTableProps {
  readonly run: LiveRunStore
  readonly stream: string
  readonly columns: readonly string[]
  /** Points planned, if known. */
  readonly total: number | null
  readonly isNewestFirst?: boolean
  readonly isBare?: boolean
}

/** Rows of a stream as they arrive, newest on top; only visible rows are drawn. */
export function PointsTable({
  run,
  stream,
  columns,
  total,
  isNewestFirst = true,
  isBare = false,
}: PointsTableProps): ReactElement {
  const { table, version } = useRunTable(run, stream)
  const streams = useStore(run.store, (view) => view.snap?.streams)
  const infos = useMemo(
    () =>
      new Map(
        (streams?.find((entry) => entry.name === stream)?.columns ?? []).map((info) => [info.name, info]),
      ),
    [streams, stream],
  )
  const rows = table?.rows ?? 0
  const grid = useMemo(
    () => gridColumns(columns, table, infos),
    // eslint-disable-next-line -- columns grow in place; the version says when
    [columns, table, infos, version],
  )
  const sub =
    total === null || total <= 0
      ? `${formatCount(rows)}, ${t.live.newestFirst}`
      : t.live.pointsOf(formatCount(rows), formatCount(total))
  const content = (
    <DataGrid
      label={t.live.points}
      columns={grid}
      rowCount={rows}
      rowAt={(index) => (isNewestFirst ? rows - 1 - index : index)}
      keyOf={(row) => String(row)}
      rowHeight={28}
    />
  )
  if (isBare) return content
  return (
    <section className="panel points-panel" aria-label={t.live.points}>
      <header className="panel-head">
        <h2>{t.live.points}</h2>
        <span className="sub num">{sub}</span>
        <span className="grow" />
        <CopyButton label={t.live.copyTable} text={() => tableText(table, columns, '\t')} />
        <Button
          kind="quiet"
          label={t.live.csv}
          onPress={() =>
            saveFile(
              `${run.store.getState().snap?.summary.scan_id ?? 'run'}-${stream}.csv`,
              tableText(table, columns, ','),
              'text/csv',
            )
          }
        />
      </header>
      <div className="panel-body flush" style={{ display: 'flex', flexDirection: 'column' }}>
        {content}
      </div>
    </section>
  )
}

function gridColumns(
  names: readonly string[],
  table: LiveTable | undefined,
  infos: ReadonlyMap<string, ColumnInfo>,
): readonly GridColumn<number>[] {
  const seq = table?.numbers('seq_num')
  const time = table?.numbers('time')
  return [
    {
      key: 'seq',
      header: 'seq',
      width: '56px',
      cell: (row) => <span className="muted num">{formatCount(seq?.[row] ?? row + 1)}</span>,
    },
    {
      key: 'time',
      header: t.live.time,
      width: 'minmax(72px, 1fr)',
      align: 'right',
      cell: (row) => clockText(time?.[row]),
    },
    ...names
      .filter((name) => name !== 'time' && name !== 'seq_num')
      .map((name): GridColumn<number> => {
        const info = infos.get(name)
        const unit = info?.unit ?? table?.unit(name)
        return {
          key: name,
          header: unit ? `${name} (${unit})` : name,
          width: 'minmax(88px, 1fr)',
          align: 'right',
          cell: (row) => cellText(table, name, row, info),
        }
      }),
  ]
}

function clockText(seconds: number | undefined): string {
  return seconds === undefined || !Number.isFinite(seconds) || seconds < 1e8
    ? formatNumber(seconds)
    : formatClock(seconds * 1000)
}

// eslint-disable-next-line max-params -- one cell is named by table, column and row
function cellText(
  table: LiveTable | undefined,
  name: string,
  row: number,
  info: ColumnInfo | undefined,
): string {
  const text = table?.texts(name)?.[row]
  if (text !== undefined) return text
  return formatNumber(table?.numbers(name)?.[row], { precision: info?.precision })
}

/** Rows as text with full precision. */
export function tableText(
  table: LiveTable | undefined,
  columns: readonly string[],
  separator: ',' | '\t',
): string {
  if (table === undefined) return ''
  const names = ['seq_num', 'time', ...columns.filter((name) => name !== 'time' && name !== 'seq_num')]
  const quoted = (text: string): string =>
    separator === ',' && /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const cells = names.map((name) => table.numbers(name) ?? table.texts(name) ?? [])
  const lines = Array.from({ length: table.rows }, (_, row) =>
    cells.map((column) => quoted(String(column[row] ?? ''))).join(separator),
  )
  return [names.join(separator), ...lines].join('\n')
}
