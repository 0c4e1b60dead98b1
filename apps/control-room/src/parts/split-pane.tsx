import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react'

export interface SplitHandleProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
  /** `top`: drags the upper edge of what is below. */
  readonly edge: 'top' | 'left'
}

/** Separator that resizes the pane behind it, by pointer or arrow keys. */
export function SplitHandle({ label, value, min, max, onChange, edge }: SplitHandleProps): ReactElement {
  const start = useRef<{ at: number; value: number } | null>(null)
  const clamp = (next: number): number => Math.min(max, Math.max(min, Math.round(next)))
  const position = (event: PointerEvent): number => (edge === 'top' ? event.clientY : event.clientX)
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: 16,
      ArrowLeft: 16,
      ArrowDown: -16,
      ArrowRight: -16,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    onChange(clamp(value + step))
  }
  return (
    <div
      className={`split-handle ${edge}`}
      role="separator"
      aria-label={label}
      aria-orientation={edge === 'top' ? 'horizontal' : 'vertical'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        start.current = { at: position(event), value }
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        if (start.current !== null) onChange(clamp(start.current.value + start.current.at - position(event)))
      }}
      onPointerUp={() => {
        start.current = null
      }}
    />
  )
}
