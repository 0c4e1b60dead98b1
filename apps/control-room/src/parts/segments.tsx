import type { ReactElement } from 'react'

export interface SegmentsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
}

/** A row of choices of which one holds; arrow keys move. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: SegmentsProps<T>): ReactElement {
  const step = (by: number): void => {
    const index = options.findIndex((option) => option.value === value)
    const next = options[(index + by + options.length) % options.length]
    if (next !== undefined) onChange(next.value)
  }
  return (
    <div
      className="segments"
      role="radiogroup"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight' || event.key === 'ArrowDown') step(1)
        else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') step(-1)
        else return
        event.preventDefault()
      }}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
