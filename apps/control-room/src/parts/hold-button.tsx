import { Tooltip } from '@mantine/core'
import { IconCircleDot } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react'
import { t } from '../text/text.ts'

/** Acts only after this long under pointer, Enter or Space. */
const holdMs = 800

export interface HoldButtonProps {
  readonly label: string
  readonly onHold: () => void
  readonly hint?: string
  readonly isDanger?: boolean
  readonly disabledReason?: string | null | undefined
  readonly isBlock?: boolean
}

/** For what ends a running measurement: a click does nothing but say that it must be held. */
export function HoldButton({
  label,
  onHold,
  hint,
  isDanger = false,
  disabledReason,
  isBlock = false,
}: HoldButtonProps): ReactElement {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [isHolding, setHolding] = useState(false)
  const isDisabled = (disabledReason ?? null) !== null

  const release = (): void => {
    clearTimeout(timer.current)
    timer.current = undefined
    setHolding(false)
  }
  const press = (): void => {
    if (isDisabled || timer.current !== undefined) return
    setHolding(true)
    timer.current = setTimeout(() => {
      release()
      onHold()
    }, holdMs)
  }
  useEffect(() => () => clearTimeout(timer.current), [])

  const isKey = (event: KeyboardEvent): boolean => event.key === 'Enter' || event.key === ' '
  const help = disabledReason ?? [hint, t.common.holdHelp].filter(Boolean).join('\n')
  return (
    <Tooltip label={help}>
      <button
        type="button"
        className={`button${isDanger ? ' danger' : ''}${isHolding ? ' holding' : ''}${isBlock ? ' block' : ''}`}
        aria-disabled={isDisabled || undefined}
        onPointerDown={(event) => {
          if (event.button === 0) press()
        }}
        onPointerUp={release}
        onPointerLeave={release}
        onPointerCancel={release}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (!isKey(event)) return
          event.preventDefault()
          if (!event.repeat) press()
        }}
        onKeyUp={(event) => {
          if (isKey(event)) release()
        }}
        onBlur={release}
      >
        <IconCircleDot size={16} stroke={1.75} aria-hidden />
        {label}
        <span className="hold-fill" aria-hidden />
      </button>
    </Tooltip>
  )
}
