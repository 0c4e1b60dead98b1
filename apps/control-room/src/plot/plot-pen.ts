import type uPlot from 'uplot'
import type { Palette } from '../theme/tokens.ts'
import type { PlotLine } from './plot-frame.ts'

export interface Pen {
  readonly u: uPlot
  readonly c: CanvasRenderingContext2D
  readonly palette: Palette
  readonly ratio: number
}

export function colourOf(line: PlotLine, palette: Palette): string {
  return line.colour === 'previous'
    ? palette.previousRun
    : (palette.lines[line.colour % palette.lines.length] ?? palette.text)
}
