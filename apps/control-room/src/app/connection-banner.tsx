import type { ReactElement } from 'react'
import { Button } from '../parts/button.tsx'
import { StateGlyph } from '../parts/state-glyph.tsx'
import { formatDuration } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { profileOfPage } from './app-profile.ts'
import { useConnection, useControlRoom, useNow, useStatus } from './use-control-room.ts'

/** In one sentence what is not fresh and since when; a new build is offered, never forced. */
export function ConnectionBanner(): ReactElement | null {
  const room = useControlRoom()
  const state = useConnection((connection) => connection.state)
  const since = useConnection((connection) => connection.lostSinceMs)
  const hasNewBuild = useConnection((connection) => connection.hasNewBuild)
  const lastSeen = useStatus((status) =>
    status !== null && !status.manager.reachable ? (status.manager.lastSeen ?? status.manager.since) : null,
  )
  const now = useNow()
  if (state === 'lost')
    return (
      <div className="top-banner attention" role="alert">
        <StateGlyph state="attention" />
        <span>{t.stateLine.connectionLost(formatDuration((Date.now() - since) / 1000))}</span>
        <Button isCompact label={t.stateLine.tryNow} onPress={() => room.socket()?.reconnectNow()} />
      </div>
    )
  // A dashboard with a port of its own shows nothing of the queue.
  if (lastSeen !== null && profileOfPage().profile === 'all')
    return (
      <div className="top-banner attention" role="alert">
        <StateGlyph state="attention" />
        <span>{t.stateLine.managerLost(formatDuration((now - lastSeen) / 1000))}</span>
      </div>
    )
  if (hasNewBuild)
    return (
      <div className="top-banner" role="status">
        <span>{t.stateLine.newBuild}</span>
        <Button isCompact label={t.stateLine.reload} onPress={() => location.reload()} />
      </div>
    )
  return null
}
