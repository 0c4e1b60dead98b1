import type { ReactElement } from 'react'

export interface IndexFieldProps {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly onText: (text: string) => void
}

/** A whole number of elements, its label before it. */
export function IndexField({ label, value, max, onText }: IndexFieldProps): ReactElement {
  return (
    <label className="index-field">
      {label}
      <div className="field">
        <input
          className="num"
          type="number"
          min={0}
          max={max}
          value={value}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      </div>
    </label>
  )
}
