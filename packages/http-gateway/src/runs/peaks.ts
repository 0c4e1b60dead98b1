import { peakStatistics } from '@beamtime/run-engine'
import type { PeakStatistics } from '../ui-types.ts'
import type { LiveRun } from './live-run.ts'
import { plotChoices } from './plot-choices.ts'

/** Points that statistics look at; more would hold up the event loop. */
const maxPoints = 200_000

export interface PeakLine {
  readonly stream: string
  readonly x: string
  readonly y: string
  /** Points at each end that give the background line; 0 = none. */
  readonly edge: number
}

/** Statistics of one line of a run as far as it is; empty ones for columns that are not there. */
export function peaksOf(run: LiveRun, line: PeakLine): PeakStatistics {
  const rows = run.stream(line.stream)?.rows
  const y = rows?.numbersOf(line.y)
  const x =
    line.x === 'time' ? secondsSince(rows?.numbersOf('time'), run.start.time) : rows?.numbersOf(line.x)
  const named = { stream: line.stream, x: line.x, y: line.y }
  const found =
    x == null || y == null
      ? null
      : peakStatistics([...x.subarray(0, maxPoints)], [...y.subarray(0, maxPoints)], {
          edgeCount: line.edge > 0 ? line.edge : null,
        })
  if (found === null)
    return {
      ...named,
      points: 0,
      min: null,
      max: null,
      com: null,
      cen: null,
      fwhm: null,
      crossings: [],
      lin_bkg: null,
    }
  const { min, max, com, cen, fwhm, crossings, linearBackground } = found
  return {
    ...named,
    points: Math.min(y?.length ?? 0, maxPoints),
    min,
    max,
    com,
    cen,
    fwhm,
    crossings,
    lin_bkg: linearBackground,
  }
}

/** Statistics of every line that a run is drawn with. */
export function livePeaks(run: LiveRun): readonly PeakStatistics[] {
  return plotChoices(run.start, run.descriptors)
    .filter((choice) => choice.kind === 'line' && choice.x !== 'time')
    .flatMap((choice) =>
      choice.columns.map((y) => peaksOf(run, { stream: choice.stream, x: choice.x, y, edge: 0 })),
    )
}

function secondsSince(times: Float64Array | null | undefined, start: number): Float64Array | null {
  return times?.map((time) => time - start) ?? null
}
