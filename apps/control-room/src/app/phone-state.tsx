import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { LiveBar, LiveText } from '../parts/live-text.tsx'
import { StateChip } from '../parts/state-chip.tsx'
import { formatDuration, formatMinute } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { NoticeBell } from './notice-bell.tsx'
import { useCurrentWords } from './current-plan.ts'
import { countText, fractionOf } from './progress-text.ts'
import { useHeadlineSlices } from './state-line.tsx'
import { useControlRoom, useNow, useStatus } from './use-control-room.ts'
import { UserMenu } from './user-menu.tsx'

/** State line of a phone: two rows, all of it on a tap. */
export function PhoneState(): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const { key, state, isFilled } = useHeadlineSlices()
  const words = useCurrentWords()
  return (
    <header className="phone-state" aria-label={t.stateLine.label}>
      <button
        type="button"
        className="phone-state-top"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <StateChip state={state} word={t.state[key]} isFilled={isFilled} isLarge={!isFilled} />
        <span className="strong ellipsis grow">{words?.title ?? t.stateLine.nothingRuns}</span>
        {isOpen ? <IconChevronUp size={18} aria-hidden /> : <IconChevronDown size={18} aria-hidden />}
      </button>
      <PhoneProgress />
      {isOpen ? <PhoneDetails /> : null}
    </header>
  )
}

function PhoneProgress(): ReactElement | null {
  const room = useControlRoom()
  const hasProgress = useStatus((status) => status?.progress !== null && status?.progress !== undefined)
  useNow()
  if (!hasProgress) return null
  return (
    <div className="phone-progress num">
      <LiveText store={room.status} select={countText} />
      <LiveBar store={room.status} select={fractionOf} label={t.live.title} />
      <LiveText
        store={room.status}
        select={({ status }) =>
          status?.progress?.eta ? formatMinute(status.progress.eta, room.serverNow()) : ''
        }
      />
      <LiveText
        store={room.status}
        className="small muted"
        select={({ status }) =>
          status?.progress?.eta
            ? formatDuration(Math.max(0, (status.progress.eta - room.serverNow()) / 1000))
            : ''
        }
      />
    </div>
  )
}

function PhoneDetails(): ReactElement {
  const environment = useStatus((status) =>
    status?.worker_environment_exists === true ? t.stateLine.open : t.stateLine.closed,
  )
  const engine = useStatus((status) => status?.re_state ?? t.stateLine.none)
  const autostart = useStatus((status) =>
    status?.queue_autostart_enabled === true ? t.stateLine.on : t.stateLine.off,
  )
  return (
    <div className="phone-details">
      <dl className="facts">
        <dt>{t.stateLine.environment}</dt>
        <dd>{environment}</dd>
        <dt>{t.stateLine.engine}</dt>
        <dd>{engine}</dd>
        <dt>{t.stateLine.autostart}</dt>
        <dd>{autostart}</dd>
      </dl>
      <div className="phone-details-actions">
        <NoticeBell />
        <UserMenu />
      </div>
    </div>
  )
}
