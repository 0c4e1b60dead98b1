import { LiveDataError } from '../error.ts'
import { geometricScreen } from '../geometry/geometric-screen.ts'
import { placePixels, type PixelGeometry } from '../geometry/pixel-geometry.ts'
import {
  angleFactor,
  detectorGroups,
  groupOf,
  lengthFactor,
  readGeometry,
} from '../geometry/read-geometry.ts'
import type { Instrument } from '../instruments/instrument.ts'
import type { GeometricScreens } from '../workflows/detector-view.ts'
import { withNexusFile } from './open-nexus-file.ts'

/**
 * Reads the places of the pixels of all banks that have a geometric view. A bank that the file lacks, or says wrongly, is refused
 * when a job starts on it; a file that cannot be read rejects with LIVEDATA_REFUSED.
 */
export async function readGeometryFile(path: string, instrument: Instrument): Promise<GeometricScreens> {
  const wanted = new Set(
    instrument.detectorViews.flatMap(({ view, sources }) =>
      'kind' in view && view.kind === 'geometric' ? sources : [],
    ),
  )
  const geometries = new Map<string, PixelGeometry | LiveDataError>()
  await withNexusFile(path, async (file) => {
    const groups = await detectorGroups(file)
    for (const bank of instrument.detectors) {
      if (!wanted.has(bank.stream)) continue
      const group = groupOf(groups, bank)
      if (group === null) continue
      const geometry = await readGeometry(file, group).catch((error: unknown) => {
        if (error instanceof LiveDataError) return error
        throw error
      })
      geometries.set(bank.stream, geometry)
    }
  })
  return screensOf(geometries, { instrument, path })
}

function screensOf(
  geometries: ReadonlyMap<string, PixelGeometry | LiveDataError>,
  { instrument, path }: { readonly instrument: Instrument; readonly path: string },
): GeometricScreens {
  const correct = `correct ${path}`
  return (view, bank, context) => {
    const geometry = geometries.get(bank.stream)
    if (geometry === undefined) throw refused(`${path} has no pixels of ${bank.stream}`, correct)
    if (geometry instanceof LiveDataError) throw geometry
    const kinds = new Map(geometry.chain.map(({ path: place, kind }) => [place, kind]))
    const placed = placePixels(geometry, (place) => {
      const stream = [...context.keys()].find((name) => place.split('/').includes(name))
      const value = stream === undefined ? undefined : context.get(stream)
      if (stream === undefined || value === undefined) return null
      const unit = instrument.logs.find((log) => log.stream === stream)?.unit ?? 'm'
      const toRadians = kinds.get(place) === 'rotation'
      return value * (toRadians ? angleFactor(unit, stream) : lengthFactor(unit, stream))
    })
    if ('unplaced' in placed) throw refused(`${placed.unplaced} has no value in ${path}`, correct)
    const screen = geometricScreen(view, bank, placed)
    if (screen === null) throw refused(`${bank.stream} has no cylinder in pixel_shape of ${path}`, correct)
    return screen
  }
}

function refused(message: string, remedy: string): LiveDataError {
  return new LiveDataError({ code: 'LIVEDATA_REFUSED', message, fault: 'environment', remedy })
}
