import { createHdf5Reader } from '@beamtime/hdf5'
import type { DetectorModel } from '../core/detector-model.ts'
import { DaqError } from '../error.ts'
import type { Corrections, JungfrauCalibration } from './calibration.ts'

/** Files of correction data; empty = none. Names as in `[daq.NAME]`. */
export interface CalibrationFiles {
  readonly gains_and_pedestals: string
  readonly gain_file: string
  readonly pedestal_file: string
  readonly pixel_mask_file: string
  readonly dark_flat_file: string
}

export interface Table {
  readonly shape: readonly number[]
  readonly values: Float64Array
}

function unreadable(key: string, message: string, cause?: unknown): DaqError {
  return new DaqError({
    code: 'DAQ_CALIBRATION_UNREADABLE',
    message: `${key}: ${message}`,
    fault: 'caller',
    remedy: `Correct ${key} or leave it empty.`,
    key,
    cause,
  })
}

/** Reads datasets of numbers of a file; those that are not there are undefined. */
export async function readTables<Name extends string>(
  key: string,
  path: string,
  names: readonly Name[],
): Promise<Partial<Record<Name, Table>>> {
  // 6 planes of doubles for 64 modules.
  const reader = createHdf5Reader({ maxBytes: 2 ** 31 })
  try {
    const there = await reader.paths(path)
    const tables: Partial<Record<Name, Table>> = {}
    for (const name of names) {
      if (!there.includes(name)) continue
      const values = await reader.read(path, name)
      if (values.kind !== 'numbers') continue
      // A mask may be 64 bits wide: every number type becomes doubles.
      const data: Iterable<number | bigint> = values.data
      tables[name] = { shape: values.shape, values: Float64Array.from(data, Number) }
    }
    return tables
  } catch (error) {
    throw unreadable(key, `${path} is no readable HDF5 file`, error)
  } finally {
    await reader.close()
  }
}

const modulePixels = 1024 * 512

/** Planes of one module out of `[planes][512 * modules][1024]`. */
function planesOf(key: string, table: Table, module: number): Float32Array[] {
  const [planes = 0, rows = 0, columns = 0] = table.shape
  if (table.shape.length !== 3 || columns !== 1024 || rows < (module + 1) * 512 || planes < 3)
    throw unreadable(key, `the shape ${table.shape.join(' x ')} is not planes x ${(module + 1) * 512} x 1024`)
  return Array.from({ length: planes }, (_, plane) => {
    const from = plane * rows * columns + module * modulePixels
    return Float32Array.from(table.values.subarray(from, from + modulePixels))
  })
}

async function upstreamCalibration(path: string): Promise<JungfrauCalibration> {
  const key = 'gains_and_pedestals'
  const { '/gains': gains, '/gainsRMS': pedestals } = await readTables(key, path, ['/gains', '/gainsRMS'])
  if (gains === undefined || pedestals === undefined)
    throw unreadable(key, `${path} has no /gains and /gainsRMS`)
  return { gains: planesOf(key, gains, 0), pedestals: planesOf(key, pedestals, 0) }
}

async function analystsCalibration(
  files: CalibrationFiles,
  model: DetectorModel,
): Promise<Map<number, JungfrauCalibration>> {
  const [gainTables, pedestalTables] = await Promise.all([
    readTables('gain_file', files.gain_file, ['/gains']),
    readTables('pedestal_file', files.pedestal_file, ['/gains']),
  ])
  const gains = gainTables['/gains']
  const pedestals = pedestalTables['/gains']
  if (gains === undefined) throw unreadable('gain_file', `${files.gain_file} has no /gains`)
  if (pedestals === undefined) throw unreadable('pedestal_file', `${files.pedestal_file} has no /gains`)
  return new Map(
    model.activeModules.map((module) => {
      const inverse = planesOf('gain_file', gains, module).map((plane) => plane.map((gain) => 1 / gain))
      const levels = planesOf('pedestal_file', pedestals, module)
      const [first] = levels
      // 3 pedestal planes with 4 gain planes: high gain has the pedestal of its own plane only where there is one.
      while (first !== undefined && levels.length < inverse.length)
        levels.push(levels[levels.length - 3] ?? first)
      return [module, { gains: inverse, pedestals: levels }]
    }),
  )
}

function imageTable(key: string, table: Table, model: DetectorModel): Float64Array {
  if (table.values.length !== model.width * model.height)
    throw unreadable(key, `${table.shape.join(' x ')} values, the image has ${model.height} x ${model.width}`)
  return table.values
}

/** Reads all correction files. Rejects with DAQ_CALIBRATION_UNREADABLE that names the key. */
export async function readCorrections(files: CalibrationFiles, model: DetectorModel): Promise<Corrections> {
  const corrections: { -readonly [K in keyof Corrections]: Corrections[K] } = {}
  if (files.gains_and_pedestals !== '') {
    const calibration = await upstreamCalibration(files.gains_and_pedestals)
    corrections.jungfrau = new Map(model.activeModules.map((module) => [module, calibration]))
  } else if (files.gain_file !== '' && files.pedestal_file !== '') {
    corrections.jungfrau = await analystsCalibration(files, model)
  }
  const maskFile = files.pixel_mask_file
  if (maskFile !== '') {
    const { '/pixel_mask': mask } = await readTables('pixel_mask_file', maskFile, ['/pixel_mask'])
    if (mask === undefined) throw unreadable('pixel_mask_file', `${maskFile} has no /pixel_mask`)
    corrections.mask = Uint8Array.from(imageTable('pixel_mask_file', mask, model), (value) =>
      value === 0 ? 0 : 1,
    )
  }
  if (files.dark_flat_file !== '') {
    const tables = await readTables('dark_flat_file', files.dark_flat_file, ['/dark', '/flat'])
    const { '/dark': dark, '/flat': flat } = tables
    if (dark === undefined && flat === undefined)
      throw unreadable('dark_flat_file', `${files.dark_flat_file} has neither /dark nor /flat`)
    if (dark !== undefined) corrections.dark = imageTable('dark_flat_file', dark, model)
    if (flat !== undefined)
      corrections.flat = imageTable('dark_flat_file', flat, model).map((value) =>
        value === 0 ? 0 : 1 / value,
      )
  }
  return corrections
}
