import { colourIndex, colourTable, type ColourMapName } from './colour-maps.ts'
import type { HeatGrid } from './heat-grid.ts'

export interface Colouring {
  readonly map: ColourMapName
  readonly range: readonly [number, number]
  readonly isLog: boolean
}

interface Sheet {
  readonly canvas: OffscreenCanvas
  readonly context: OffscreenCanvasRenderingContext2D
  readonly image: ImageData
}

/** Sheets are drawn from at once, so all pictures of one size share one. */
const sheets = new Map<string, Sheet>()
const mostSheets = 16

/** One pixel per cell, upright and left to right; null where there is no canvas. */
export function heatPixels(grid: HeatGrid, colouring: Colouring): OffscreenCanvas | null {
  const sheet = sheetFor(grid.columns, grid.rows)
  if (sheet === null) return null
  fillWords(new Uint32Array(sheet.image.data.buffer), grid, colouring)
  sheet.context.putImageData(sheet.image, 0, 0)
  return sheet.canvas
}

/** Colours of all cells; those without a value, and without a logarithm, stay clear. */
export function fillWords(words: Uint32Array, grid: HeatGrid, { map, range, isLog }: Colouring): void {
  const { rows, columns, values } = grid
  const table = colourTable(map)
  const [lo, hi] = isLog ? [Math.log(range[0]), Math.log(range[1])] : range
  const wordOf = (value: number): number => {
    const place = isLog ? Math.log(value) : value
    return Number.isFinite(place) ? (table[colourIndex(place, lo, hi)] ?? 0) : 0
  }
  const isUp = grid.y[1] >= grid.y[0]
  const isRight = grid.x[1] >= grid.x[0]
  for (let row = 0; row < rows; row += 1) {
    const from = row * columns
    const to = (isUp ? rows - 1 - row : row) * columns
    for (let column = 0; column < columns; column += 1)
      words[to + (isRight ? column : columns - 1 - column)] = wordOf(values[from + column] ?? Number.NaN)
  }
}

function sheetFor(columns: number, rows: number): Sheet | null {
  const key = `${columns}x${rows}`
  const known = sheets.get(key)
  if (known !== undefined) return known
  const canvas = new OffscreenCanvas(columns, rows)
  const context = canvas.getContext('2d')
  if (context === null) return null
  const sheet = { canvas, context, image: new ImageData(columns, rows) }
  sheets.set(key, sheet)
  const oldest = sheets.keys().next().value
  if (sheets.size > mostSheets && oldest !== undefined) sheets.delete(oldest)
  return sheet
}
