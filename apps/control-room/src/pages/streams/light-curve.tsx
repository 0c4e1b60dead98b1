import type { AlertPoint } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { niceTicks, tickTexts } from '../../plot/ticks.ts'
import { t } from '../../text/text.ts'
import { usePalette } from '../../theme/theme-context.ts'

const width = 340
const height = 190
const inner = { left: 34, right: 330, top: 22, bottom: 158 }
/** Of the line colours, in the order of the wavelength. */
const bandOrder = ['u', 'g', 'r', 'i', 'z', 'y']

function bandsOf(points: readonly AlertPoint[]): readonly string[] {
  return bandOrder.filter((band) => points.some((point) => point.band === band))
}

/** Bands that occur take the line colours in turn. */
export function bandColour(
  points: readonly AlertPoint[],
  palette: ReturnType<typeof usePalette>,
): (band: string) => string {
  const bands = bandsOf(points)
  return (band) => {
    const index = bands.indexOf(band)
    return palette.lines[(index < 0 ? bands.length : index) % palette.lines.length] ?? palette.text
  }
}

/** Magnitudes over days, bright on top; triangles are upper limits. */
export function LightCurve({ points }: { readonly points: readonly AlertPoint[] }): ReactElement {
  const palette = usePalette()
  const days = extentOf(points.map((point) => point.days))
  const mags = extentOf(points.flatMap(({ mag, magErr }) => [mag - (magErr ?? 0), mag + (magErr ?? 0)]))
  const x = (value: number): number =>
    inner.left + ((value - days[0]) / (days[1] - days[0])) * (inner.right - inner.left)
  const y = (value: number): number =>
    inner.top + ((value - mags[0]) / (mags[1] - mags[0])) * (inner.bottom - inner.top)
  const bands = bandsOf(points)
  const colour = bandColour(points, palette)
  return (
    <svg
      className="light-curve"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={t.streams.lightCurve(points.length)}
    >
      <Axes days={days} mags={mags} x={x} y={y} />
      {points.map((point, index) => (
        <Point
          key={index}
          point={point}
          place={[x(point.days), y(point.mag)]}
          colour={colour(point.band)}
          y={y}
        />
      ))}
      {bands.map((band, index) => (
        <text
          key={band}
          x={inner.left + 8 + index * 18}
          y={inner.top - 6}
          style={{ fill: colour(band) }}
          className="light-text"
        >
          {band}
        </text>
      ))}
    </svg>
  )
}

interface AxesProps {
  readonly days: readonly [number, number]
  readonly mags: readonly [number, number]
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

function Axes({ days, mags, x, y }: AxesProps): ReactElement {
  const dayTicks = niceTicks(days[0], days[1], 4)
  const magTicks = niceTicks(mags[0], mags[1], 4)
  const dayTexts = tickTexts(dayTicks)
  const magTexts = tickTexts(magTicks)
  return (
    <>
      {magTicks.map((tick, index) => (
        <g key={tick}>
          <line className="light-grid" x1={inner.left} x2={inner.right} y1={y(tick)} y2={y(tick)} />
          <text className="light-text" x={inner.left - 6} y={y(tick) + 4} textAnchor="end">
            {magTexts[index]}
          </text>
        </g>
      ))}
      {dayTicks.map((tick, index) => (
        <g key={tick}>
          <line className="light-grid" x1={x(tick)} x2={x(tick)} y1={inner.top} y2={inner.bottom} />
          <text className="light-text" x={x(tick)} y={inner.bottom + 15} textAnchor="middle">
            {tick === 0 ? t.streams.now : dayTexts[index]}
          </text>
        </g>
      ))}
      <text className="light-text" x={(inner.left + inner.right) / 2} y={height - 2} textAnchor="middle">
        {t.streams.daysAxis}
      </text>
    </>
  )
}

interface PointProps {
  readonly point: AlertPoint
  readonly place: readonly [number, number]
  readonly colour: string
  readonly y: (value: number) => number
}

function Point({ point, place: [px, py], colour, y }: PointProps): ReactElement {
  if (point.isLimit) return <path className="light-limit" d={`M ${px - 4} ${py - 3} h 8 l -4 7 z`} />
  return (
    <g stroke={colour} fill={colour}>
      {point.magErr === null ? null : (
        <line x1={px} x2={px} y1={y(point.mag - point.magErr)} y2={y(point.mag + point.magErr)} />
      )}
      <circle cx={px} cy={py} r={2.5} />
    </g>
  )
}

export function extentOf(values: readonly number[]): readonly [number, number] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const margin = (high - low) * 0.05 || 0.5
  return [low - margin, high + margin]
}
