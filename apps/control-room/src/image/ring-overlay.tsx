import { useMemo, type ReactElement } from 'react'
import { toPicture, type PicturePlace } from './orientation.ts'
import type { BeamGeometry } from './resolution.ts'
import { ringsOf, type RingNames } from './rings.ts'

export interface RingOverlayProps {
  readonly geometry: BeamGeometry
  readonly place: PicturePlace
  readonly names: RingNames
}

const arm = 8

/** Beam centre and resolution rings over an image; they take no pointer. */
export function RingOverlay({ geometry, place, names }: RingOverlayProps): ReactElement | null {
  const rings = useMemo(() => ringsOf(geometry, place, names), [geometry, place, names])
  if (geometry.centre === null) return null
  const { x, y } = toPicture(place, geometry.centre)
  const cross = `M${x - arm},${y}H${x + arm}M${x},${y - arm}V${y + arm}`
  return (
    <svg className="ring-overlay" viewBox={`0 0 ${place.box.width} ${place.box.height}`} aria-hidden>
      {rings.map(({ key, radius }) => (
        <g key={key}>
          <circle className="ring-under" cx={x} cy={y} r={radius} />
          <circle className="ring" cx={x} cy={y} r={radius} />
        </g>
      ))}
      <path className="ring-under" d={cross} />
      <path className="ring-centre" d={cross} />
      {rings.map(({ key, label, labelAt }) =>
        labelAt === null ? null : (
          <text key={key} x={labelAt.x} y={labelAt.y}>
            {label}
          </text>
        ),
      )}
    </svg>
  )
}
