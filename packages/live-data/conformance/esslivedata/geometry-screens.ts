/* The screen of a bank as our service makes it: node geometry-screens.ts FILE INSTRUMENT BANK prints JSON. */
import { pixelCount } from '../../src/event-histogram/pixel-places.ts'
import { instrumentNamed } from '../../src/instruments/registry.ts'
import { readGeometryFile } from '../../src/service/read-geometry-file.ts'

const [, , file = '', name = '', stream = ''] = process.argv
const instrument = instrumentNamed(name)
const bank = instrument.detectors.find((each) => each.stream === stream)
const entry = instrument.detectorViews.find(
  ({ view, sources }) => 'kind' in view && view.kind === 'geometric' && sources.includes(stream),
)
if (bank === undefined || entry === undefined || !('kind' in entry.view) || entry.view.kind !== 'geometric')
  throw new Error(`${stream} of ${name} has no projection`)
const screens = await readGeometryFile(file, instrument)
const screen = screens(entry.view, bank, new Map())
console.log(
  JSON.stringify({
    dims: screen.dims,
    firstId: bank.firstId,
    edges: Object.fromEntries(
      Object.entries(screen.coords).map(([dim, { values }]) => [dim, Array.from(values as Float64Array)]),
    ),
    tables: screen.tables.map((places) =>
      Array.from({ length: pixelCount(places) }, (_, at) => places.fast[at]),
    ),
  }),
)
