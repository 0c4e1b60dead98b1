import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import {
  IconArrowForwardUp,
  IconChevronDown,
  IconChevronRight,
  IconPencil,
  IconRefresh,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useQueueAction } from '../../app/queue-actions.ts'
import { userName } from '../../app/current-plan.ts'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { ConsoleText, useConsoleVersion } from '../../parts/console-view.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { useRunSummary } from '../../run/use-run-summary.ts'
import { formatCount } from '../../text/format-number.ts'
import { formatClock } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import type { QueueEdits } from './queue-edits.tsx'
import { useQueuePlace } from './queue-place.ts'

/** Why the queue has stopped: reason in one sentence, where the item and the data are, and what can be done. */
export function FailureCard({ edits }: { edits: QueueEdits }): ReactElement | null {
  const { queue } = useControlRoom()
  const item = useStore(queue.store, (view) => view.items[0])
  if (item?.result === undefined) return null
  return <Card item={item} result={item.result} edits={edits} />
}

interface CardProps {
  readonly item: QueueItem
  readonly result: NonNullable<QueueItem['result']>
  readonly edits: QueueEdits
}

/** `Plan failed: TimeoutError: x did not …` becomes the sentence alone. */
export function reasonOf(message: string): string {
  const text = message.replace(/^Plan failed:\s*/, '').split('\n')[0] ?? ''
  return text.replace(/^[A-Za-z]*(?:Error|Exception|Failure):\s*/, '') || t.queue.failure.title
}

function Card({ item, result, edits }: CardProps): ReactElement {
  const place = useQueuePlace()
  const start = useQueueAction('start')
  const uid = result.run_uids.at(-1)
  const id = result.scan_ids.at(-1)
  const summary = useRunSummary(uid)
  const points = summary === undefined ? null : formatCount(summary.points)
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const
  return (
    <section className="panel failure-card" aria-label={t.queue.failure.title} role="alert">
      <div className="failure-words">
        <div className="failure-head">
          <StateChip state="bad" word={t.state.FAILED} isFilled />
          <span className="small muted">
            {[id, item.name, userName(item.user), formatClock(result.time_stop * 1000)]
              .filter((part) => part !== undefined && part !== null && part !== '')
              .join(' · ')}
          </span>
        </div>
        <h2>{reasonOf(result.msg)}</h2>
        <p className="muted">
          {t.queue.failure.item(true)}{' '}
          {uid === undefined || points === '0'
            ? t.queue.failure.noData
            : points === null
              ? ''
              : t.queue.failure.data(t.queue.points(points), String(id ?? ''))}
        </p>
        <div className="failure-actions">
          <Button
            kind="primary"
            label={t.queue.failure.retry}
            icon={<IconRefresh {...icon} />}
            disabledReason={start.disabledReason}
            isBusy={start.isBusy}
            onPress={() => void start.run()}
          />
          <Button
            label={t.queue.failure.editRetry}
            icon={<IconPencil {...icon} />}
            onPress={() => place.openForm({ edit: item.item_uid })}
          />
          <Button
            label={t.queue.failure.skip}
            icon={<IconArrowForwardUp {...icon} />}
            onPress={() => void edits.remove([item])}
          />
          {uid === undefined ? null : (
            <Link className="button quiet" to="/runs/$uid/$tab" params={{ uid, tab: 'summary' }}>
              {t.queue.failure.openRun(String(id ?? ''))}
            </Link>
          )}
        </div>
      </div>
      <FailureConsole item={item} traceback={result.traceback} untilMs={result.time_stop * 1000} />
    </section>
  )
}

/** Lines of a stack are in the traceback already. */
function isStackLine(text: string): boolean {
  return /^\s+(at |File ")/.test(text)
}

function FailureConsole({
  item,
  traceback,
  untilMs,
}: {
  item: QueueItem
  traceback: string
  untilMs: number
}): ReactElement {
  const { consoleLines } = useControlRoom()
  const version = useConsoleVersion()
  const [hasTraceback, setTraceback] = useState(false)
  const lines = useMemo(() => {
    const before = consoleLines.lines.filter(
      (line) => line.timeMs <= untilMs + 1_000 && line.text.trim() !== '' && !isStackLine(line.text),
    )
    return before.slice(-50)
    // eslint-disable-next-line -- the buffer changes in place; its version says when
  }, [consoleLines, version, untilMs, item])
  const text = hasTraceback ? traceback : lines.map((line) => line.text).join('\n')
  return (
    <div className="failure-console">
      <header>
        <h3>{t.queue.failure.lines}</h3>
        <span className="grow" />
        {traceback === '' ? null : (
          <Button
            kind="quiet"
            isCompact
            label={t.queue.failure.traceback(traceback.split('\n').length)}
            icon={
              hasTraceback ? (
                <IconChevronDown size={14} aria-hidden />
              ) : (
                <IconChevronRight size={14} aria-hidden />
              )
            }
            aria-expanded={hasTraceback}
            onPress={() => setTraceback(!hasTraceback)}
          />
        )}
        <CopyButton isIconOnly={false} label={t.common.copy} text={() => text} />
      </header>
      {hasTraceback ? (
        <pre className="mono failure-lines" tabIndex={0}>
          {traceback}
        </pre>
      ) : (
        <div className="mono failure-lines" tabIndex={0} role="log">
          {lines.slice(-5).map((line) => (
            <div key={line.number} className="failure-line">
              <span className="muted">{formatClock(line.timeMs)}</span>
              <span className={`console-level ${line.level ?? ''}`}>
                {line.level === null ? '' : line.level.toUpperCase()}
              </span>
              <ConsoleText text={line.text} />
            </div>
          ))}
        </div>
      )}
    </div>
  )
}
