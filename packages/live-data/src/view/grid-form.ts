import { LiveDataError } from '../error.ts'
import type { LiveCell, LiveDataSource, LiveGrid, LiveLayer } from '../ui-types.ts'

/* plot_configs.yaml
 *   plot_grids: { grids: [ { title, description?, nrows, ncols, enabled, cells: [ { geometry: { row, col, row_span, col_span },
 *     user_title?, layers: [ { data_sources: { ROLE: { workflow_id, source_names, view_name } }, plot_name, params } ] } ] } ] }
 * Source: livedata contract, section 9.4. A file may also hold one grid alone, as the download of a grid does. */

const minSide = 2
const maxSide = 6
const maxCells = 36
const maxLayers = 50
const maxGrids = 100

/** Checks what a file or a page gave. Throws LIVEDATA_LAYOUT_WRONG with the place. */
export function gridsOf(raw: unknown): readonly LiveGrid[] {
  const list = isTable(raw) && isTable(raw['plot_grids']) ? raw['plot_grids']['grids'] : raw
  const grids = Array.isArray(list) ? list : [list]
  if (grids.length > maxGrids) throw wrong('grids', `at most ${maxGrids}`)
  return grids.map((grid, index) => gridOf(grid, `grids[${index}]`))
}

function gridOf(raw: unknown, place = 'grid'): LiveGrid {
  const grid = tableOf(raw, place)
  const nrows = wholeOf(grid['nrows'], { place: `${place}.nrows`, min: minSide, max: maxSide })
  const ncols = wholeOf(grid['ncols'], { place: `${place}.ncols`, min: minSide, max: maxSide })
  const cells = listOf(grid['cells'] ?? [], `${place}.cells`, maxCells).map((cell, index) =>
    cellOf(cell, { place: `${place}.cells[${index}]`, nrows, ncols }),
  )
  const description = grid['description']
  return {
    title: textOf(grid['title'], `${place}.title`),
    ...(typeof description === 'string' ? { description } : {}),
    nrows,
    ncols,
    enabled: grid['enabled'] !== false,
    cells,
  }
}

function cellOf(
  raw: unknown,
  within: { readonly place: string; readonly nrows: number; readonly ncols: number },
): LiveCell {
  const { place, nrows, ncols } = within
  const cell = tableOf(raw, place)
  const geometry = tableOf(cell['geometry'], `${place}.geometry`)
  const side = (name: string, bounds: { readonly min: number; readonly max: number }): number =>
    wholeOf(geometry[name], { place: `${place}.geometry.${name}`, ...bounds })
  const row = side('row', { min: 0, max: nrows - 1 })
  const col = side('col', { min: 0, max: ncols - 1 })
  const title = cell['user_title']
  return {
    geometry: {
      row,
      col,
      row_span: side('row_span', { min: 1, max: nrows - row }),
      col_span: side('col_span', { min: 1, max: ncols - col }),
    },
    ...(typeof title === 'string' ? { user_title: title } : {}),
    layers: listOf(cell['layers'] ?? [], `${place}.layers`, maxLayers).map((layer, index) =>
      layerOf(layer, `${place}.layers[${index}]`),
    ),
  }
}

function layerOf(raw: unknown, place: string): LiveLayer {
  const layer = tableOf(raw, place)
  const sources = tableOf(layer['data_sources'] ?? {}, `${place}.data_sources`)
  return {
    data_sources: Object.fromEntries(
      Object.entries(sources).map(([role, source]) => [
        role,
        sourceOf(source, `${place}.data_sources.${role}`),
      ]),
    ),
    plot_name: textOf(layer['plot_name'], `${place}.plot_name`),
    params: tableOf(layer['params'] ?? {}, `${place}.params`),
  }
}

function sourceOf(raw: unknown, place: string): LiveDataSource {
  const source = tableOf(raw, place)
  return {
    workflow_id: textOf(source['workflow_id'], `${place}.workflow_id`),
    source_names: listOf(source['source_names'] ?? [], `${place}.source_names`, 1_000).map((name) =>
      textOf(name, `${place}.source_names`),
    ),
    view_name: textOf(source['view_name'] ?? source['output_name'], `${place}.view_name`),
  }
}

type Table = Readonly<Record<string, unknown>>

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tableOf(value: unknown, place: string): Table {
  if (isTable(value)) return value
  throw wrong(place, 'a table')
}

// oxlint-disable-next-line max-params -- what, where, how many
function listOf(value: unknown, place: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value
  throw wrong(place, `a list of at most ${most}`)
}

function textOf(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 1_000) return value
  throw wrong(place, 'a text')
}

function wholeOf(
  value: unknown,
  { place, min, max }: { readonly place: string; readonly min: number; readonly max: number },
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw wrong(place, `a whole number from ${min} to ${max}`)
}

function wrong(place: string, wanted: string): LiveDataError {
  return new LiveDataError({
    code: 'LIVEDATA_LAYOUT_WRONG',
    message: `${place}: must be ${wanted}`,
    fault: 'caller',
    remedy: 'correct the layout',
  })
}
