import type { Point } from '../../image/orientation.ts'
import { spacingAt, twoThetaAt, type BeamGeometry } from '../../image/resolution.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'

/** What a place in the image means: distance from the beam, scattering angle, lattice spacing; as far as it is known. */
export function beamTexts(geometry: BeamGeometry, at: Point): readonly string[] {
  if (geometry.centre === null) return []
  const radius = Math.hypot(at.x - geometry.centre.x, at.y - geometry.centre.y)
  const twoTheta = twoThetaAt(geometry, radius)
  const spacing = spacingAt(geometry, radius)
  return [
    ...(spacing === null || !Number.isFinite(spacing)
      ? []
      : [t.detectors.beam.atSpacing(formatNumber(spacing))]),
    twoTheta === null
      ? t.detectors.beam.atRadius(formatNumber(radius, { precision: 1 }))
      : t.detectors.beam.atAngle(formatNumber((twoTheta * 180) / Math.PI, { precision: 2 })),
  ]
}
