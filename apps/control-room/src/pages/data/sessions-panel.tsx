import type { LiveSession } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatAge, formatDuration } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'

/** A page answers every 5 s; one that does not for this long is probably gone. */
const lateMs = 15_000

/** Pages that look at the instrument now. */
export function SessionsPanel({ sessions }: { readonly sessions: readonly LiveSession[] }): ReactElement {
  return (
    <Panel title={t.grids.sessions} sub={String(sessions.length)} className="sessions-panel">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t.grids.session}</th>
            <th scope="col">{t.grids.user}</th>
            <th scope="col">{t.grids.openFor}</th>
            <th scope="col">{t.grids.heard}</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map(({ id, user, since, heardAt, isSelf }) => {
            const ageMs = Math.max(0, Date.now() - heardAt)
            return (
              <tr key={id}>
                <td className="mono">{id}</td>
                <td>{isSelf ? t.grids.thisPage(user) : user}</td>
                <td className="num">{formatDuration(Math.max(0, Date.now() - since) / 1_000)}</td>
                <td>
                  <StateChip state={ageMs < lateMs ? 'good' : 'attention'} word={formatAge(ageMs / 1_000)} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Panel>
  )
}
