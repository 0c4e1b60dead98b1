import type { Palette } from '../theme/tokens.ts'
import type { PlotArea } from './plot-area.ts'
import type { PlotLine } from './plot-frame.ts'

/** What both the page and a worker draw on. */
export type Surface = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

export interface Pen {
  readonly area: PlotArea
  readonly c: Surface
  readonly palette: Palette
  /** Pixels of the canvas per pixel of the page. */
  readonly ratio: number
}

export const plotFont = "'Inter Variable', sans-serif"

export function colourOf(line: PlotLine, palette: Palette): string {
  return line.colour === 'previous'
    ? palette.previousRun
    : (palette.lines[line.colour % palette.lines.length] ?? palette.text)
}
