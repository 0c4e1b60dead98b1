import { IconClockExclamation } from '@tabler/icons-react'
import { useEffect, useState, type ReactElement, type ReactNode } from 'react'
import { useConnection, useNow, useSession } from '../app/use-control-room.ts'
import { errorText, HttpError } from '../net/http-client.ts'
import { formatDuration } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { Button } from './button.tsx'

export interface StatefulProps {
  /** Right that is needed to see the content. */
  readonly scope?: string
  readonly isLoading?: boolean
  readonly error?: unknown
  readonly onRetry?: () => void
  /** Shown instead of the content: one sentence and the next useful action. */
  readonly empty?: ReactNode | null
  readonly skeletonRows?: number
  readonly children: ReactNode
}

/** One look for loading, empty, not permitted and failed. Lost connections only mute the content, see `useStale`. */
export function Stateful(props: StatefulProps): ReactElement {
  const { scope, isLoading = false, error, onRetry, empty, skeletonRows = 8, children } = props
  const isAllowed = useSession((session) => scope === undefined || session.scopes.has(scope))
  if (!isAllowed) return <NoAccess scope={scope ?? ''} />
  if (error !== undefined && error !== null)
    return <Failed error={error} {...(onRetry === undefined ? {} : { onRetry })} />
  if (isLoading) return <Skeleton rows={skeletonRows} />
  if (empty !== undefined && empty !== null) return <div className="empty">{empty}</div>
  return <>{children}</>
}

function NoAccess({ scope }: { scope: string }): ReactElement {
  return (
    <div className="empty" role="status">
      <strong>{t.common.noAccess}</strong>
      <span>{t.common.noAccessHelp(scope)}</span>
    </div>
  )
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactElement {
  const requestId = error instanceof HttpError ? error.requestId : undefined
  const text = errorText(error)
  return (
    <div className="empty" role="alert">
      <strong>{t.common.loadFailed}</strong>
      <span>{text}</span>
      {requestId === undefined ? null : <span className="small mono">{t.common.requestId(requestId)}</span>}
      <span style={{ display: 'flex', gap: 8 }}>
        {onRetry === undefined ? null : <Button label={t.common.retry} onPress={onRetry} />}
        <Button
          kind="quiet"
          label={t.common.copy}
          onPress={() =>
            void navigator.clipboard.writeText(`${text}${requestId === undefined ? '' : ` (${requestId})`}`)
          }
        />
      </span>
    </div>
  )
}

/** Shape of the content to come, after 150 ms so that quick answers do not flash. */
export function Skeleton({ rows }: { rows: number }): ReactElement {
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div
      className="skeleton-rows"
      role="status"
      aria-label={t.common.loading}
      style={{ visibility: isShown ? 'visible' : 'hidden' }}
    >
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skeleton" style={{ width: `${92 - ((index * 17) % 45)}%` }} />
      ))}
    </div>
  )
}

/** Class for values that are no longer fed: muted, never dimmed. */
export function useStaleClass(): string {
  return useConnection((connection) => (connection.state === 'lost' ? ' stale' : ''))
}

/** Clock badge with the age of the values while the connection is lost. */
export function ConnBadge(): ReactElement | null {
  const state = useConnection((connection) => connection.state)
  const since = useConnection((connection) => connection.lostSinceMs)
  useNow()
  if (state !== 'lost') return null
  return (
    <span className="age">
      <IconClockExclamation size={14} aria-hidden />
      {t.common.age(formatDuration((Date.now() - since) / 1000))}
    </span>
  )
}
