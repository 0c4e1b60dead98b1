import type { ReactElement } from 'react'
import { formatNumber, type NumberOptions } from '../text/format-number.ts'

export interface QuantityProps extends NumberOptions {
  readonly value: number | null | undefined
  readonly unit?: string | null | undefined
}

/** Number, no-break space, unit in muted. The full value is in the title. */
export function Quantity({ value, unit, precision }: QuantityProps): ReactElement {
  const text = formatNumber(value, { precision })
  return (
    <span className="num nowrap" title={typeof value === 'number' ? String(value) : undefined}>
      {text}
      {unit ? <span className="unit">{`\u00a0${unit}`}</span> : null}
    </span>
  )
}
