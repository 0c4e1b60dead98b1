import type { ViewThreshold } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { Segments } from '../../parts/segments.tsx'
import { t } from '../../text/text.ts'
import { NumberField } from './number-field.tsx'
import type { ChangeSettings, ViewSettings } from './view-settings.ts'

const none: ViewThreshold = { below: null, above: null, how: 'masked' }

/** Values that are not looked at, or that count as saturated; for the eye only. */
export function ValueThreshold({
  settings,
  onChange,
}: {
  readonly settings: Pick<ViewSettings, 'threshold'>
  readonly onChange: ChangeSettings
}): ReactElement {
  const threshold = settings.threshold ?? none
  const change = (part: Partial<ViewThreshold>): void => onChange({ threshold: { ...threshold, ...part } })
  const isOn = threshold.below !== null || threshold.above !== null
  return (
    <div className="value-threshold">
      <div className="mask-row mask-bounds">
        <NumberField
          canBeEmpty
          label={t.masks.view.below}
          digits={digitsOf(threshold.below)}
          value={threshold.below}
          onValue={(below) => change({ below })}
        />
        <NumberField
          canBeEmpty
          label={t.masks.view.above}
          digits={digitsOf(threshold.above)}
          value={threshold.above}
          onValue={(above) => change({ above })}
        />
        <Segments
          label={t.masks.view.how}
          value={threshold.how}
          options={[
            { value: 'masked', label: t.masks.view.masked },
            { value: 'saturated', label: t.masks.view.saturated },
          ]}
          onChange={(how) => change({ how })}
        />
      </div>
      <p className={`small ${isOn ? 'warned' : 'muted'}`}>{isOn ? t.masks.view.isOn : t.masks.view.isOff}</p>
    </div>
  )
}

function digitsOf(value: number | null): number {
  return value === null || Number.isInteger(value) ? 0 : 3
}
