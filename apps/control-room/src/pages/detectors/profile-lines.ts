import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import type { LineProfile } from '../../image/image-details.ts'
import type { PlotLine } from '../../plot/plot-frame.ts'
import { t } from '../../text/text.ts'

const firstDistances = Float64Array.from({ length: 4_096 }, (_, at) => at)

/** The profiles as lines of a plot; the chosen one, or the only one, with its least and largest values in grey. */
export function profileLines(
  rois: readonly ImageRoi[],
  selected: number | null,
  profiles: readonly LineProfile[],
): PlotLine[] {
  const shown = rois.flatMap((roi, colour) => {
    const profile = profiles.find(({ id }) => id === roi.id)
    return roi.kind === 'line' && profile !== undefined ? [{ roi, colour, profile }] : []
  })
  return shown.flatMap(({ roi, colour, profile: { mean, min, max } }): PlotLine[] => {
    const x = distances(mean.length)
    const common = { x, hasPoints: false, isMain: true }
    const hasBand = (roi.width ?? 1) > 1 && (shown.length === 1 || roi.id === selected)
    return [
      { ...common, key: `mean ${roi.id}`, label: t.detectors.line(roi.id), y: mean, colour, dash: [] },
      ...(hasBand
        ? [min, max].map((y, at): PlotLine => ({
            ...common,
            key: `${at === 0 ? 'min' : 'max'} ${roi.id}`,
            label: '',
            y,
            colour: 'previous',
            dash: [2, 2],
            isMain: false,
          }))
        : []),
    ]
  })
}

function distances(length: number): Float64Array {
  return length <= firstDistances.length
    ? firstDistances.subarray(0, length)
    : Float64Array.from({ length }, (_, at) => at)
}
