import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import type { StateName } from '../../theme/tokens.ts'
import type { RecordedRun } from './recorded-runs.ts'

/** The files that were written last, and whether they have what was asked for. */
export function WrittenFiles({ runs }: { readonly runs: readonly RecordedRun[] }): ReactElement {
  if (runs.length === 0) return <p className="small muted">{t.detectors.noFiles}</p>
  return (
    // Rows scroll, so the list takes the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled list is reached by the keyboard
    <div className="written-files" role="region" aria-label={t.detectors.lastFiles} tabIndex={0}>
      <table className="num">
        <thead>
          <tr>
            <th>{t.detectors.file}</th>
            <th>{t.masks.files.expected}</th>
            <th>{t.masks.files.written}</th>
            <th>{t.masks.files.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <Link to="/files" search={{ file: run.file }} className="ellipsis" title={run.file}>
                  {run.name}
                </Link>
              </td>
              <td>{run.wanted === null ? '–' : formatCount(run.wanted)}</td>
              <td>{formatCount(run.images)}</td>
              <td>
                <StateChip {...verdictOf(run)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Whether a file has what was asked for. */
export function verdictOf({
  images,
  wanted,
  isFailed,
}: Pick<RecordedRun, 'images' | 'wanted' | 'isFailed'>): {
  readonly state: StateName
  readonly word: string
} {
  if (isFailed) return { state: 'bad', word: t.detectors.fileState.failed }
  if (wanted === null || images >= wanted) return { state: 'good', word: t.detectors.fileState.complete }
  return { state: 'attention', word: t.detectors.fileState.missing(formatCount(wanted - images)) }
}
