import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { numbersOf, withNumber } from './roi-numbers.ts'

/** Where the chosen region lies, to be read and typed. */
export function RegionNumbers({
  roi,
  onRoi,
}: {
  readonly roi: ImageRoi
  readonly onRoi: (roi: ImageRoi) => void
}): ReactElement {
  return (
    <div className="region-numbers">
      {numbersOf(roi).map(({ name, value, digits }, at) => (
        <RegionNumber
          key={`${roi.id} ${name}`}
          name={name}
          value={value}
          digits={digits}
          onValue={(number) => onRoi(withNumber(roi, at, number))}
        />
      ))}
    </div>
  )
}

function RegionNumber({
  name,
  value,
  digits,
  onValue,
}: {
  readonly name: string
  readonly value: number
  readonly digits: number
  readonly onValue: (value: number) => void
}): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const commit = (): void => {
    const number = Number((typed ?? '').replaceAll(/\s/g, '').replace('−', '-'))
    if (typed !== null && typed.trim() !== '' && Number.isFinite(number)) onValue(number)
    setTyped(null)
  }
  return (
    <TextField
      label={name}
      isNumber
      value={typed ?? formatNumber(value, { precision: digits })}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setTyped(null)
      }}
    />
  )
}
