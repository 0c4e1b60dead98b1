import { IconX } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { Button } from '../../parts/button.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { regionLetter, type RegionKind, type ShownRegion } from './regions.ts'

export interface RegionListProps {
  readonly regions: readonly ShownRegion[]
  readonly isPending: boolean
  readonly onRegions: (regions: readonly ShownRegion[], kind: RegionKind) => void
}

/** The regions as numbers that can be typed. */
export function RegionList({ regions, isPending, onRegions }: RegionListProps): ReactElement {
  const replace = (region: ShownRegion): void =>
    onRegions(
      regions.map((one) => (one.index === region.index ? region : one)),
      region.kind,
    )
  return (
    <div className="region-list num">
      {isPending ? <span className="muted small">{t.data.regionsPending}</span> : null}
      {regions.map((region) => (
        <div key={region.index} className="region-row">
          <b>{regionLetter(region.index)}</b>
          {region.kind === 'rectangles' ? (
            (['x', 'y'] as const).flatMap((axis) =>
              [0, 1].map((end) => (
                <Bound
                  key={`${axis}${end}`}
                  label={`${regionLetter(region.index)} ${axis} ${end === 0 ? t.data.from : t.data.to}`}
                  value={region[axis][end] ?? 0}
                  onValue={(value) => replace({ ...region, [axis]: region[axis].with(end, value) })}
                />
              )),
            )
          ) : (
            <span className="muted">{t.data.corners(region.x.length)}</span>
          )}
          <Button
            isCompact
            kind="quiet"
            isIconOnly
            label={t.data.removeRegion(regionLetter(region.index))}
            icon={<IconX size={14} stroke={1.75} aria-hidden />}
            onPress={() =>
              onRegions(
                regions.filter(({ index }) => index !== region.index),
                region.kind,
              )
            }
          />
        </div>
      ))}
    </div>
  )
}

function Bound({
  label,
  value,
  onValue,
}: {
  readonly label: string
  readonly value: number
  readonly onValue: (value: number) => void
}): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const commit = (): void => {
    const number = Number(typed)
    if (typed !== null && typed.trim() !== '' && Number.isFinite(number) && number !== value) onValue(number)
    setTyped(null)
  }
  return (
    <div className="field region-bound">
      <input
        className="num"
        aria-label={label}
        inputMode="decimal"
        value={typed ?? formatNumber(value)}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit()
        }}
      />
    </div>
  )
}
