import type { ReactElement } from 'react'
import { regionLetter, type Bounds, type ShownRegion } from './regions.ts'

const dashes = ['', '6 3', '2 3', '8 3 2 3'] as const

export interface RegionShapeProps {
  readonly region: ShownRegion
  readonly bounds: Bounds
}

/** Outline of a region, in thousandths of the picture. */
export function RegionShape({
  region,
  bounds,
  isPending,
}: RegionShapeProps & { readonly isPending: boolean }): ReactElement {
  return (
    <g data-region={region.index} className={`region${isPending ? ' pending' : ''}`}>
      <polygon
        points={placed(region, bounds)
          .map((point) => point.join(','))
          .join(' ')}
        vectorEffect="non-scaling-stroke"
        strokeDasharray={dashes[region.index % dashes.length]}
      />
    </g>
  )
}

/** Its letter, at the upper left. */
export function RegionLetter({ region, bounds }: RegionShapeProps): ReactElement {
  const points = placed(region, bounds)
  const left = Math.min(...points.map(([x]) => x)) / 10
  const top = Math.min(...points.map(([, y]) => y)) / 10
  return (
    <span className="region-letter" style={{ left: `${left}%`, top: `${top}%` }}>
      {regionLetter(region.index)}
    </span>
  )
}

function placed(region: ShownRegion, bounds: Bounds): readonly (readonly [number, number])[] {
  const [x0, x1] = bounds.x
  const [y0, y1] = bounds.y
  return corners(region).map(([x, y]) => [((x - x0) / (x1 - x0)) * 1_000, (1 - (y - y0) / (y1 - y0)) * 1_000])
}

function corners({ kind, x, y }: ShownRegion): readonly (readonly [number, number])[] {
  const [x0 = 0, x1 = 0] = x
  const [y0 = 0, y1 = 0] = y
  if (kind === 'rectangles')
    return [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ]
  return x.map((one, index) => [one, y[index] ?? 0])
}
