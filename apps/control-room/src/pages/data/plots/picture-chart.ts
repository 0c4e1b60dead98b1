import type { HeatGrid } from '../../../plot/heat-grid.ts'
import type { ChartPlan, PictureChart } from './chart.ts'
import { axisText, centresOf, type ShownOutput } from './shown-output.ts'

export function pictureChart(
  output: ShownOutput,
  plan: Pick<ChartPlan, 'settings' | 'overlays'>,
): PictureChart | null {
  const grid = pictureGrid(output)
  if (grid === null) return null
  const { settings, overlays } = plan
  const label = (index: number): string => {
    const axis = output.axes.at(index) ?? ''
    return axisText(axis, output.coords.get(axis)?.unit ?? '')
  }
  return {
    kind: 'picture',
    grid,
    xLabel: label(-1),
    yLabel: label(-2),
    zUnit: output.unit,
    map: settings.colourMap,
    isLog: settings.colourScale === 'log',
    low: settings.low,
    high: settings.high,
    aspect: settings.aspect,
    overlays,
    slice: null,
    shared: null,
  }
}

/** Of more than two dimensions the first picture is shown. */
export function pictureGrid(output: ShownOutput | null): HeatGrid | null {
  if (output === null || output.shape.length < 2) return null
  const [rows = 0, columns = 0] = output.shape.slice(-2)
  return {
    rows,
    columns,
    values: output.values.subarray(0, rows * columns),
    x: spanOf(output, output.axes.at(-1) ?? '', columns),
    y: spanOf(output, output.axes.at(-2) ?? '', rows),
    current: null,
    isSnaking: false,
    filled: rows * columns,
  }
}

/** Centres of the first and the last cell. */
function spanOf(output: ShownOutput, axis: string, length: number): readonly [number, number] {
  const coord = output.coords.get(axis)?.values
  // Pixel n without a coordinate lies from n to n + 1, as regions count.
  if (coord === undefined || coord.length === 0) return [0.5, length - 0.5]
  const centres = centresOf(coord, length)
  return [centres[0] ?? 0, centres.at(-1) ?? length - 1]
}
