import { useState, type ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'
import { formatNumber } from '../../text/format-number.ts'

export interface NumberFieldProps {
  readonly label: string
  readonly value: number | null
  readonly digits: number
  /** Null when the field was emptied; without `canBeEmpty` that keeps the old number. */
  readonly onValue: (value: number | null) => void
  readonly canBeEmpty?: boolean
}

/** A number that is shown as it is and takes a new one with Enter or on leaving; Escape keeps the old one. */
export function NumberField(props: NumberFieldProps): ReactElement {
  const { label, value, digits, onValue, canBeEmpty = false } = props
  const [typed, setTyped] = useState<string | null>(null)
  const commit = (): void => {
    const text = (typed ?? '').replaceAll(/\s/g, '').replace('−', '-')
    const number = Number(text)
    if (typed !== null && text === '' && canBeEmpty) onValue(null)
    else if (typed !== null && text !== '' && Number.isFinite(number)) onValue(number)
    setTyped(null)
  }
  return (
    <TextField
      label={label}
      isNumber
      inputMode="decimal"
      value={typed ?? (value === null ? '' : formatNumber(value, { precision: digits }))}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setTyped(null)
      }}
    />
  )
}
