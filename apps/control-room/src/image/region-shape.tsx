import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { pictureScale, toPicture, type PicturePlace, type Point } from './orientation.ts'
import { bandOf, handlesOf } from './roi-edit.ts'

export interface RegionShapeProps {
  readonly roi: ImageRoi
  readonly place: PicturePlace
  readonly label: string
  readonly colour: string
  readonly isSelected: boolean
}

const labelHeight = 16
/** A wide line shows its band from so many CSS pixels on. */
const leastBand = 3

/** One region as it lies in the picture, with its name, and with handles while it is chosen. */
export function RegionShape({ roi, place, label, colour, isSelected }: RegionShapeProps): ReactElement {
  const corners = handlesOf(roi).map((corner) => toPicture(place, corner))
  const line = { stroke: colour, strokeWidth: isSelected ? 2.5 : 1.5, fill: 'none' } as const
  const at = labelPlace(corners, place)
  return (
    <g data-roi={roi.id} className="image-roi">
      {roi.kind === 'line' ? <Band roi={roi} place={place} colour={colour} /> : null}
      <Outline
        roi={roi}
        corners={corners}
        style={{ ...line, strokeWidth: line.strokeWidth + 2.5 }}
        part="halo"
      />
      <Outline roi={roi} corners={corners} style={line} part="outline" />
      <Outline
        roi={roi}
        corners={corners}
        style={{ stroke: 'transparent', strokeWidth: 10, fill: 'none' }}
        part="grip"
      />
      {at === null ? null : (
        <text x={at.x} y={at.y} style={{ fill: colour }}>
          {label}
        </text>
      )}
      {isSelected
        ? corners.map(({ x, y }, handle) => (
            <rect
              // oxlint-disable-next-line react/no-array-index-key -- the place in the list is what the handle is
              key={handle}
              data-handle={handle}
              className="image-handle"
              x={x - 4}
              y={y - 4}
              width={8}
              height={8}
              style={{ fill: colour }}
            />
          ))
        : null}
    </g>
  )
}

interface OutlineProps {
  readonly roi: ImageRoi
  /** Of `handlesOf`, in the picture. */
  readonly corners: readonly Point[]
  readonly style: { readonly stroke: string; readonly strokeWidth: number; readonly fill: string }
  /** What is seen, what is under it so that it is seen on any colour, and the wide one that the pointer finds. */
  readonly part: 'outline' | 'halo' | 'grip'
}

function Outline({ roi, corners, style, part }: OutlineProps): ReactElement {
  const common = { ...style, ...(part === 'halo' ? { stroke: undefined } : {}), className: `image-${part}` }
  const [first = { x: 0, y: 0 }, second = first, third = second] = corners
  switch (roi.kind) {
    case 'ellipse':
      return (
        <ellipse
          cx={(first.x + third.x) / 2}
          cy={(first.y + third.y) / 2}
          rx={Math.abs(third.x - first.x) / 2}
          ry={Math.abs(third.y - first.y) / 2}
          {...common}
        />
      )
    case 'line':
      return <line x1={first.x} y1={first.y} x2={second.x} y2={second.y} {...common} />
    case 'rect':
    case 'polygon':
      return <polygon points={pointsText(corners)} {...common} />
  }
}

/** The pixels across that are averaged, where they can be seen. */
function Band({
  roi,
  place,
  colour,
}: {
  readonly roi: ImageRoi
  readonly place: PicturePlace
  readonly colour: string
}): ReactElement | null {
  if ((roi.width ?? 1) * pictureScale(place) < leastBand) return null
  const corners = bandOf(roi).map((corner) => toPicture(place, corner))
  return (
    <polygon points={pointsText(corners)} className="image-band" style={{ fill: colour, stroke: colour }} />
  )
}

function pointsText(points: readonly Point[]): string {
  return points.map(({ x, y }) => `${x},${y}`).join(' ')
}

/** Above the upper left corner; inside the picture where there is no room above, and nowhere for a region that is not seen. */
function labelPlace(corners: readonly Point[], { box }: PicturePlace): Point | null {
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  if (Math.max(...xs) < 0 || Math.max(...ys) < 0 || left > box.width || top > box.height) return null
  return {
    x: Math.max(2, Math.min(box.width - 48, left)),
    y: top - 6 < labelHeight - 4 ? Math.max(0, top) + labelHeight : top - 6,
  }
}
