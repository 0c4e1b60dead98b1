import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { NumberField } from './number-field.tsx'
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
    <div className={`region-numbers of-${roi.kind}`}>
      {numbersOf(roi).map(({ name, value, digits }, at) => (
        <NumberField
          key={`${roi.id} ${name}`}
          label={name}
          value={value}
          digits={digits}
          onValue={(number) => {
            if (number !== null) onRoi(withNumber(roi, at, number))
          }}
        />
      ))}
    </div>
  )
}
