import type { ReactElement } from 'react'
import { useQueueAction } from '../../app/queue-actions.ts'
import { useStatus } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'

/** Without an environment nothing can run: says so and offers to open it. */
export function EnvironmentBanner(): ReactElement | null {
  const isClosed = useStatus(
    (status) =>
      status?.worker_environment_exists === false &&
      status.manager_state === 'idle' &&
      status.manager.reachable,
  )
  const open = useQueueAction('open')
  if (!isClosed) return null
  return (
    <div className="banner environment-banner" role="status">
      <strong>{t.queue.closedBanner}</strong>
      <span className="muted grow">{t.queue.closedBannerHelp}</span>
      <Button
        kind="primary"
        label={t.queue.open}
        disabledReason={open.disabledReason}
        isBusy={open.isBusy}
        onPress={() => void open.run()}
      />
    </div>
  )
}
