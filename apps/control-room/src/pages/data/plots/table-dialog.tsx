import { Modal } from '@mantine/core'
import { useEffect, useState, type ReactElement } from 'react'
import { useControlRoom } from '../../../app/use-control-room.ts'
import { CopyButton } from '../../../parts/copy-button.tsx'
import { formatCount, formatNumber } from '../../../text/format-number.ts'
import { t } from '../../../text/text.ts'
import { stageClient } from './stage-client.ts'
import type { ChartTable } from './stage-messages.ts'

const mostShown = 500

/** What a plot shows now, as rows: for those who read numbers, and to copy. */
export function TableDialog({
  chart,
  title,
  onClose,
}: {
  readonly chart: number
  readonly title: string
  readonly onClose: () => void
}): ReactElement {
  const stage = stageClient(useControlRoom())
  const [table, setTable] = useState<ChartTable | null>(null)
  useEffect(() => {
    let isShown = true
    void stage.table(chart).then((found) => {
      if (isShown) setTable(found)
      return undefined
    })
    return () => {
      isShown = false
    }
  }, [stage, chart])
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {table === null ? null : (
        <>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keyboard too */}
          <div className="chart-table" role="region" aria-label={title} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {table.heads.map((head, index) => (
                    // oxlint-disable-next-line react/no-array-index-key -- columns have no other name, and stay
                    <th key={index}>{head}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.slice(0, mostShown).map((row, index) => (
                  // oxlint-disable-next-line react/no-array-index-key -- rows have no other name, and stay
                  <tr key={index}>
                    {row.map((value, column) => (
                      // oxlint-disable-next-line react/no-array-index-key -- as above
                      <td key={column} className="num">
                        {typeof value === 'number' ? formatNumber(value) : value}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="chart-table-foot">
            <span className="small muted">{moreRows(table)}</span>
            <CopyButton isIconOnly={false} label={t.common.copy} text={() => tableText(table)} />
          </div>
        </>
      )}
    </Modal>
  )
}

function moreRows({ rows, left }: ChartTable): string {
  const more = Math.max(0, rows.length - mostShown) + left
  return more === 0 ? '' : t.plots.rowsLeft(formatCount(more))
}

/** Rows with tabs between, numbers in full. */
function tableText({ heads, rows }: ChartTable): string {
  return [heads, ...rows].map((row) => row.join('\t')).join('\n')
}

/** The chart of a cell; null where nothing is drawn. */
export function chartOf(cell: Element): number | null {
  const id = cell.querySelector<HTMLElement>('canvas[data-chart]')?.dataset['chart']
  return id === undefined ? null : Number(id)
}
