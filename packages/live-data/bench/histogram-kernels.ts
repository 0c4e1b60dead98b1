/* Counting of events that are in memory, beside numpy and scipp (where Python has them) and C, on the same events in one run:
 * our WebAssembly kernel, our TypeScript reference. BEAMTIME_PEER_PYTHON names a Python with numpy and scipp. */
import { execFileSync, execSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, homedir, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pixelHistogram, plainPixelHistogram } from '../src/event-histogram/pixel-histogram.ts'
import { placeTable } from '../src/event-histogram/pixel-places.ts'
import { binEdges, timeBins } from '../src/event-histogram/time-bins.ts'
import { plainTimeHistogram, timeHistogram } from '../src/event-histogram/time-histogram.ts'
import { random } from '../src/fakes/random.ts'

const events = 1_000_000
const rounds = 100
const roundsPerWindow = 10
const directory = mkdtempSync(join(tmpdir(), 'bt-kernels-'))
const python =
  process.env['BEAMTIME_PEER_PYTHON'] ?? join(homedir(), '.cache/beamtime-peers/livedata/bin/python')
const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: import.meta.dirname }).trim()
const place = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}` }
const bins = timeBins(binEdges({ start: 0, stop: 71_430_000, count: 100, scale: 'linear' }))

const cCode = join(directory, 'kernels')
execFileSync('cc', ['-O3', '-march=native', '-o', cCode, join(import.meta.dirname, 'histogram-kernels.c')])

try {
  for (const { of, places } of [
    { of: '128 x 128 x 100', places: 128 ** 2 },
    { of: '512 x 512 x 100', places: 512 ** 2 },
    { of: 'monitor, 100 bins', places: 1 },
  ]) {
    const file = join(directory, 'events')
    const vectors = eventVectors(places)
    writeFileSync(file, Buffer.concat([Buffer.from(vectors.toa.buffer), Buffer.from(vectors.pixel.buffer)]))
    const figures: Record<string, unknown> = { ours: 0, reference: 0 }
    for (const [name, make] of [
      ['ours', places === 1 ? timeHistogram : pixelHistogram],
      ['reference', places === 1 ? plainTimeHistogram : plainPixelHistogram],
    ] as const)
      figures[name] = bestRate(make, { places, vectors })
    figures['c'] = JSON.parse(
      execFileSync(cCode, [places, 100, events, rounds, file].map(String), { encoding: 'utf8' }),
    ).eventsPerS
    if (existsSync(python)) {
      const arguments_ = [join(import.meta.dirname, 'peer_kernels.py'), file, places, 100, events, 5].map(
        String,
      )
      const peers = JSON.parse(execFileSync(python, arguments_, { encoding: 'utf8' }))
      for (const [name, { eventsPerS }] of Object.entries<{ eventsPerS: number }>(peers))
        figures[name] = eventsPerS
    }
    const rounded = Object.entries(figures).map(([key, value]) => [key, Number(Number(value).toPrecision(3))])
    console.log(
      JSON.stringify({
        name: 'live-data/histogram-kernels',
        of,
        unit: 'events/s',
        ...Object.fromEntries(rounded),
        load: loadavg()[0],
        ...place,
      }),
    )
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function eventVectors(places: number) {
  const numbers = random(3)
  const toa = new Int32Array(events)
  const pixel = new Int32Array(events)
  for (let at = 0; at < events; at++) {
    toa[at] = 30e6 + 10e6 * numbers.normal()
    pixel[at] = 1 + Math.floor(numbers.unit() * places)
  }
  return { toa, pixel }
}

/** Best of the windows of ten million events, each with its fold, as a service does it once a second. */
function bestRate(
  make: typeof timeHistogram | typeof pixelHistogram,
  { places, vectors }: { places: number; vectors: { toa: Int32Array; pixel: Int32Array } },
): number {
  const tables = [
    placeTable(
      1,
      Int32Array.from({ length: places }, (_, at) => at),
    ),
  ]
  const target =
    places === 1
      ? (make as typeof timeHistogram)(bins)
      : (make as typeof pixelHistogram)({ placeCount: places, bins, tables })
  let best = Infinity
  for (let window = 0; window < rounds / roundsPerWindow; window++) {
    const from = performance.now()
    for (let round = 0; round < roundsPerWindow; round++)
      if ('fold' in target) target.add(vectors, 0)
      else target.add(vectors.toa)
    if ('fold' in target) target.fold([0, 100])
    best = Math.min(best, performance.now() - from)
  }
  return (events * roundsPerWindow) / (best / 1_000)
}
