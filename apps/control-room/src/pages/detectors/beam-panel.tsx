import { useState, type ReactElement } from 'react'
import { positivesIn, type BeamGeometry } from '../../image/resolution.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { NumberField } from './number-field.tsx'
import type { ChangeSettings, ViewSettings } from './view-settings.ts'

export interface BeamPanelProps {
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly geometry: BeamGeometry
  readonly onGeometry: (change: Partial<BeamGeometry>) => void
}

/** Where the beam meets the detector and which rings are drawn around it; there while they are shown or set. */
export function BeamPanel({ settings, onChange, geometry, onGeometry }: BeamPanelProps): ReactElement | null {
  const { centre } = geometry
  if (settings.tool !== 'centre' && (centre === null || !settings.hasRings)) return null
  const optics = [
    ['wavelengthA', 4],
    ['distanceMm', 2],
    ['pixelUm', 1],
  ] as const
  return (
    <Panel
      title={t.detectors.beam.title}
      className="beam-panel"
      actions={
        <Button
          isCompact
          isOn={settings.hasRings}
          label={t.detectors.beam.show}
          onPress={() => onChange({ hasRings: !settings.hasRings })}
        />
      }
    >
      {centre === null ? <p className="small muted">{t.detectors.beam.help}</p> : null}
      <div className="beam-numbers">
        {(['x', 'y'] as const).map((axis) => (
          <NumberField
            key={axis}
            label={t.detectors.beam[axis]}
            value={centre?.[axis] ?? null}
            digits={1}
            onValue={(value) => {
              if (value !== null) onGeometry({ centre: { x: 0, y: 0, ...centre, [axis]: value } })
            }}
          />
        ))}
        {optics.map(([name, digits]) => (
          <NumberField
            key={name}
            label={t.detectors.beam[name]}
            value={geometry[name]}
            digits={digits}
            canBeEmpty
            onValue={(value) => onGeometry({ [name]: value !== null && value > 0 ? value : null })}
          />
        ))}
      </div>
      <RingList
        label={t.detectors.beam.spacings}
        values={geometry.spacingsA}
        onValues={(spacingsA) => onGeometry({ spacingsA })}
      />
      <RingList
        label={t.detectors.beam.radii}
        values={geometry.radiiPx}
        onValues={(radiiPx) => onGeometry({ radiiPx })}
      />
    </Panel>
  )
}

/** Rings as numbers with commas between; taken with Enter or on leaving. */
function RingList({
  label,
  values,
  onValues,
}: {
  readonly label: string
  readonly values: readonly number[]
  readonly onValues: (values: readonly number[]) => void
}): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const read = typed === null ? values : positivesIn(typed)
  const commit = (): void => {
    if (typed === null || read === null) return
    onValues(read)
    setTyped(null)
  }
  return (
    <TextField
      label={label}
      className="num"
      value={typed ?? values.join(', ')}
      error={read === null ? t.detectors.beam.notPositive : undefined}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setTyped(null)
      }}
    />
  )
}
