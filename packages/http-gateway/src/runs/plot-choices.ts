import type { EventDescriptor, RunStart } from '@beamtime/event-model'
import { bestEffortChoices } from '@beamtime/run-engine'
import type { StreamChoice } from '@beamtime/run-engine'
import type { PlotChoice } from '../ui-types.ts'

/** What to draw of each stream, in the form of the pages: columns by name, time as `time`. */
export function plotChoices(start: RunStart, descriptors: readonly EventDescriptor[]): readonly PlotChoice[] {
  return bestEffortChoices(start, descriptors).streams.map(plotChoice)
}

function plotChoice(choice: StreamChoice): PlotChoice {
  const { stream, axes, columns } = choice
  const named = [...axes, ...columns.map((column) => ({ field: column.field, units: column.units }))]
  const units = named.flatMap(({ field, units: unit }) =>
    field === null || unit === null ? [] : [[field, unit] as const],
  )
  return {
    stream,
    ...drawing(choice),
    columns: columns.filter((column) => column.plottable).map((column) => column.field),
    table: [
      ...axes.map((axis) => axis.field).filter((field) => field !== null),
      ...columns.map((one) => one.field),
    ],
    units: Object.fromEntries(units),
  }
}

function drawing({ view }: StreamChoice): Pick<PlotChoice, 'kind' | 'x' | 'y' | 'grid'> {
  switch (view.kind) {
    case 'table':
      return { kind: 'table', x: 'time', y: null }
    case 'line':
      return { kind: 'line', x: view.x.field ?? 'time', y: null }
    case 'scatter':
      // The first axis of a scan is the slow one; it goes up.
      return { kind: 'scatter', x: view.y.field ?? 'time', y: view.x.field ?? 'time' }
    case 'image':
      return {
        kind: 'grid',
        x: view.fast.field ?? 'time',
        y: view.slow.field ?? 'time',
        grid: {
          shape: view.shape,
          extents: [centres(view.extent.slow, view.shape[0]), centres(view.extent.fast, view.shape[1])],
          snaking: view.snaking,
        },
      }
  }
}

/** First and last cell centre of an extent that reaches half a step beyond them. */
function centres([from, to]: readonly [number, number], cells: number): readonly [number, number] {
  const half = (to - from) / Math.max(1, cells) / 2
  return [from + half, to - half]
}
