import { LiveDataError } from '../error.ts'
import type { DetectorBank } from '../instruments/instrument.ts'
import { resolvedPath, type AttributeValue, type NexusFile } from './nexus-file.ts'
import type { PixelGeometry, Transformation, Vector } from './pixel-geometry.ts'

/* NXdetector groups: detector_number, x/y/z_pixel_offset, depends_on with its chain of transformations, and pixel_shape of
 * NXcylindrical_geometry. Units are those of the file's attributes. */

/** Transformations that one depends on; more is a circle. */
const maxChain = 100

/** A group that has detector numbers, and these. */
export interface DetectorGroup {
  readonly path: string
  readonly numbers: { readonly shape: readonly number[]; readonly values: Float64Array }
}

export async function detectorGroups(file: NexusFile): Promise<readonly DetectorGroup[]> {
  const groups: DetectorGroup[] = []
  for (const path of await file.paths()) {
    if (!path.endsWith('/detector_number')) continue
    const numbers = await file.numbers(path)
    if (numbers !== null) groups.push({ path: path.slice(0, -'/detector_number'.length), numbers })
  }
  return groups
}

/** The group with most pixels of a bank; null when none has any. */
export function groupOf(groups: readonly DetectorGroup[], bank: DetectorBank): DetectorGroup | null {
  const { firstId, lastId } = bank
  let found: { group: DetectorGroup; count: number } | null = null
  for (const group of groups) {
    let count = 0
    for (const id of group.numbers.values) if (id >= firstId && id <= lastId) count += 1
    if (count > (found?.count ?? 0)) found = { group, count }
  }
  return found?.group ?? null
}

/** Throws LIVEDATA_REFUSED for what cannot be placed. */
export async function readGeometry(file: NexusFile, group: DetectorGroup): Promise<PixelGeometry> {
  const { path, numbers } = group
  const offsets = await Promise.all(
    (['x', 'y', 'z'] as const).map(async (axis) => {
      const name = `${path}/${axis}_pixel_offset`
      const read = await file.numbers(name)
      if (read === null) {
        if (axis === 'z') return new Float64Array(numbers.values.length)
        throw wrong(`${path} has no ${axis}_pixel_offset`)
      }
      const factor = lengthFactor(unitOf(await file.attributes(name)), name)
      return spread(read, { to: numbers.shape, axis, name }).map((value) => value * factor)
    }),
  )
  const [x, y, z] = offsets as [Float64Array, Float64Array, Float64Array]
  return {
    ids: Int32Array.from(numbers.values),
    x,
    y,
    z,
    chain: await readChain(file, path),
    cylinder: await readCylinder(file, path),
  }
}

/** Offsets of every pixel: given so, or along one dimension: x along the last one, y along the one before. */
function spread(
  read: { readonly shape: readonly number[]; readonly values: Float64Array },
  place: { readonly to: readonly number[]; readonly axis: 'x' | 'y' | 'z'; readonly name: string },
): Float64Array {
  const { to, axis, name } = place
  const total = to.reduce((product, length) => product * length, 1)
  if (read.values.length === total) return read.values
  if (read.values.length === 1) return new Float64Array(total).fill(read.values[0] ?? 0)
  const columns = to.at(-1) ?? 1
  const rows = to.at(-2) ?? 1
  if (axis === 'x' && read.values.length === columns)
    return Float64Array.from({ length: total }, (_, at) => read.values[at % columns] ?? 0)
  if (axis === 'y' && to.length > 1 && read.values.length === rows)
    return Float64Array.from({ length: total }, (_, at) => read.values[Math.floor(at / columns) % rows] ?? 0)
  throw wrong(`${name} has the shape ${read.shape.join(' x ')} and its pixels ${to.join(' x ')}`)
}

async function readChain(file: NexusFile, group: string): Promise<readonly Transformation[]> {
  const chain: Transformation[] = []
  let from = group
  let next = (await file.text(`${group}/depends_on`)) ?? '.'
  while (next !== '.') {
    if (chain.length >= maxChain) throw wrong(`the transformations of ${group} go round in a circle`)
    const path = resolvedPath(from, next)
    const attributes = await file.attributes(path)
    chain.push(await readTransformation(file, { path, attributes }))
    from = path.slice(0, path.lastIndexOf('/'))
    const depends = attributes.get('depends_on')
    next = typeof depends === 'string' && depends !== '' ? depends : '.'
  }
  return chain
}

async function readTransformation(
  file: NexusFile,
  { path, attributes }: { readonly path: string; readonly attributes: ReadonlyMap<string, AttributeValue> },
): Promise<Transformation> {
  const kind = attributes.get('transformation_type')
  const vector = vectorOf(attributes.get('vector'))
  if ((kind !== 'translation' && kind !== 'rotation') || vector === null)
    throw wrong(`${path} is no translation or rotation along a vector`)
  const offset = vectorOf(attributes.get('offset')) ?? [0, 0, 0]
  const offsetFactor = lengthFactor(textOf(attributes.get('offset_units')) ?? 'm', path)
  const { value, unit } = await lastValue(file, path)
  const factor = value === null ? 1 : kind === 'rotation' ? angleFactor(unit, path) : lengthFactor(unit, path)
  return {
    path,
    kind,
    vector,
    value: value === null ? null : value * factor,
    offset: [offset[0] * offsetFactor, offset[1] * offsetFactor, offset[2] * offsetFactor],
  }
}

/** Of a dataset, or of an NXlog: its own value, or that of a log within it. */
async function lastValue(
  file: NexusFile,
  path: string,
): Promise<{ readonly value: number | null; readonly unit: string }> {
  for (const place of [path, `${path}/value`, `${path}/value/value`]) {
    const read = await file.numbers(place)
    if (read !== null)
      return { value: read.values.at(-1) ?? null, unit: unitOf(await file.attributes(place)) }
  }
  return { value: null, unit: 'm' }
}

async function readCylinder(file: NexusFile, group: string): Promise<PixelGeometry['cylinder']> {
  const path = `${group}/pixel_shape/vertices`
  const read = await file.numbers(path)
  if (read === null || read.values.length !== 9 || read.shape[1] !== 3) return null
  const factor = lengthFactor(unitOf(await file.attributes(path)), path)
  const point = (at: number): Vector => [
    (read.values[at] ?? 0) * factor,
    (read.values[at + 1] ?? 0) * factor,
    (read.values[at + 2] ?? 0) * factor,
  ]
  return [point(0), point(3), point(6)]
}

const lengths: Readonly<Record<string, number>> = { m: 1, mm: 1e-3, cm: 1e-2, um: 1e-6, µm: 1e-6, nm: 1e-9 }
const degree = Math.PI / 180
const angles: Readonly<Record<string, number>> = {
  rad: 1,
  radians: 1,
  deg: degree,
  degree,
  degrees: degree,
  mrad: 1e-3,
}

/** m per unit. */
export function lengthFactor(unit: string, of: string): number {
  return factorOf(lengths, { unit, of })
}

/** rad per unit. */
export function angleFactor(unit: string, of: string): number {
  return factorOf(angles, { unit, of })
}

function factorOf(
  table: Readonly<Record<string, number>>,
  { unit, of }: { readonly unit: string; readonly of: string },
): number {
  const factor = table[unit]
  if (factor === undefined) throw wrong(`${of} is given in ${unit}, not in ${Object.keys(table).join(', ')}`)
  return factor
}

function unitOf(attributes: ReadonlyMap<string, AttributeValue>): string {
  return textOf(attributes.get('units')) ?? 'm'
}

function textOf(value: AttributeValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function vectorOf(value: AttributeValue | undefined): Vector | null {
  if (value === undefined || typeof value === 'string' || value.length !== 3) return null
  return [value[0] ?? 0, value[1] ?? 0, value[2] ?? 0]
}

function wrong(message: string): LiveDataError {
  return new LiveDataError({
    code: 'LIVEDATA_REFUSED',
    message,
    fault: 'environment',
    remedy: 'correct the geometry file',
  })
}
