import type { AlertPoint } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { t } from '../../text/text.ts'
import { usePalette } from '../../theme/theme-context.ts'
import { bandColour, extentOf } from './light-curve.tsx'

const width = 180
const height = 84
const edge = 4

/** A light curve without axes, to be compared with those above and below: bright on top, triangles are upper limits. */
export function MiniCurve({ points }: { readonly points: readonly AlertPoint[] }): ReactElement | null {
  const palette = usePalette()
  if (points.length < 2) return null
  const days = extentOf(points.map((point) => point.days))
  const mags = extentOf(points.map(({ mag }) => mag))
  const x = (day: number): number => edge + ((day - days[0]) / (days[1] - days[0])) * (width - 2 * edge)
  const y = (mag: number): number => edge + ((mag - mags[0]) / (mags[1] - mags[0])) * (height - 2 * edge)
  const colour = bandColour(points, palette)
  return (
    <svg
      className="mini-curve"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={t.streams.lightCurve(points.length)}
    >
      {points.map(({ days: day, mag, band, isLimit }, index) =>
        isLimit ? (
          <path key={index} className="light-limit" d={`M${x(day) - 3} ${y(mag) - 2}h6l-3 5z`} />
        ) : (
          <circle key={index} cx={x(day)} cy={y(mag)} r={2} style={{ fill: colour(band) }} />
        ),
      )}
    </svg>
  )
}
