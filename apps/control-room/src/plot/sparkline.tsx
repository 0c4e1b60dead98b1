import type { ReactElement } from 'react'
import { extent } from './decimate.ts'

/** A few values as a line without axes. */
export function Sparkline({
  values,
  width = 70,
  height = 18,
}: {
  values: readonly number[] | undefined
  width?: number
  height?: number
}): ReactElement | null {
  const range = values === undefined ? null : extent(values)
  if (values === undefined || range === null || values.length < 2) return null
  const size = range[1] - range[0]
  const path = values
    .map((value, i) => {
      const x = (i / (values.length - 1)) * width
      const y = size === 0 ? height / 2 : height - 1 - ((value - range[0]) / size) * (height - 2)
      return Number.isFinite(value) ? `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}` : ''
    })
    .join('')
  return (
    <svg
      className="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={path.startsWith('L') ? `M${path.slice(1)}` : path} />
    </svg>
  )
}
