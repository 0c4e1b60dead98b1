import { Tooltip } from '@mantine/core'
import type { ComponentProps, ReactElement, ReactNode } from 'react'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'disabled'> {
  readonly label: string
  readonly icon?: ReactNode
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  /** Why it cannot be pressed now; it stays visible and says so. */
  readonly disabledReason?: string | null | undefined
  readonly hint?: string | undefined
  readonly isIconOnly?: boolean
  readonly isCompact?: boolean
  readonly isBusy?: boolean
  /** Makes it a toggle button. */
  readonly isOn?: boolean
  readonly isBlock?: boolean
  readonly trailing?: ReactNode
  readonly onPress?: ComponentProps<'button'>['onClick']
}

/** A disabled button stays focusable and hoverable so that it can say why. Further props reach the native button (menus need that). */
export function Button(props: ButtonProps): ReactElement {
  const { hint, disabledReason, isIconOnly, label } = props
  const tip = disabledReason ?? hint ?? (isIconOnly === true ? label : undefined)
  const button = nativeButton(props)
  return tip === undefined ? button : <Tooltip label={tip}>{button}</Tooltip>
}

function nativeButton(props: ButtonProps): ReactElement {
  const { label, icon, kind = 'plain', disabledReason, hint: _hint, isIconOnly, isCompact, ...more } = props
  const { isBusy, isOn, isBlock, trailing, onPress, onClick, className, ...native } = more
  const isDisabled = (disabledReason ?? null) !== null || isBusy === true
  const flags: readonly [string, boolean | undefined][] = [
    [kind, kind !== 'plain'],
    ['icon-only', isIconOnly],
    ['compact', isCompact],
    ['on', isOn],
    ['block', isBlock],
    [className ?? '', className !== undefined],
  ]
  return (
    <button
      type="button"
      {...native}
      className={['button', ...flags.flatMap(([name, isSet]) => (isSet === true ? [name] : []))].join(' ')}
      aria-disabled={isDisabled || undefined}
      aria-busy={isBusy === true || undefined}
      {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
      {...(isIconOnly === true ? { 'aria-label': native['aria-label'] ?? label } : {})}
      onClick={(event) => {
        if (isDisabled) {
          event.preventDefault()
          return
        }
        onPress?.(event)
        onClick?.(event)
      }}
    >
      {icon}
      {isIconOnly === true ? null : label}
      {trailing}
    </button>
  )
}
