import type { DrawnChart } from './draw-chart.ts'
import type { ChartTable } from './stage-messages.ts'

const mostRows = 5_000

/** What a chart shows, as rows: a curve by its points, a picture by its cells, those with the most first. */
export function chartTable(drawn: DrawnChart): ChartTable {
  switch (drawn.kind) {
    case 'empty':
      return { heads: [], rows: [], left: 0 }
    case 'bars':
      return { heads: [''], rows: drawn.texts.map((text) => [text]), left: 0 }
    case 'curves': {
      const { lines } = drawn.chart.frame
      const x = lines[0]?.x ?? new Float64Array(0)
      const sharing = lines.filter((line) => line.x.length === x.length)
      const rows = Array.from({ length: Math.min(mostRows, x.length) }, (_, i) => [
        x[i] ?? Number.NaN,
        ...sharing.map(({ y }) => y[i] ?? Number.NaN),
      ])
      const heads = sharing.map(({ label }) => (label === '' ? drawn.chart.yLabel : label))
      return { heads: [drawn.chart.xLabel, ...heads], rows, left: x.length - rows.length }
    }
    case 'picture': {
      const { grid, chart } = drawn
      const order = Uint32Array.from(grid.values.keys())
      order.sort((a, b) => (grid.values[b] ?? 0) - (grid.values[a] ?? 0) || a - b)
      const at = ([first, last]: readonly [number, number], cells: number, index: number): number =>
        cells > 1 ? first + ((last - first) * index) / (cells - 1) : first
      const rows = Array.from(order.subarray(0, mostRows), (cell) => [
        at(grid.x, grid.columns, cell % grid.columns),
        at(grid.y, grid.rows, Math.floor(cell / grid.columns)),
        grid.values[cell] ?? Number.NaN,
      ])
      return { heads: [chart.xLabel, chart.yLabel, chart.zUnit], rows, left: order.length - rows.length }
    }
  }
}
