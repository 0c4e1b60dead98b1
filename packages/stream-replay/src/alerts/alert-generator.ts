import { seededRandom } from '../play/random.ts'
import { alertSchema, fieldsOf } from './alert-schema.ts'
import { cutoutFits } from './cutout-fits.ts'

/** Which alerts to make. The same numbers make the same alerts. */
export interface AlertVisit {
  readonly visit: number
  readonly detector: number
  /** Middle of the exposure, days. */
  readonly midpointMjdTai: number
  readonly firstAlertId: bigint
  readonly seed: number
}

/** Earlier detections of each object: with them and the stamps a packet comes to 82 kB, the size that DMTN-102 plans with. */
const historyLength = 41
const forcedLength = 60
/** Side of a stamp in pixels. */
const stampSide = 55
const bands = ['u', 'g', 'r', 'i', 'z', 'y']

type Value = number | bigint | string | boolean | null

function earlierId(alertId: bigint, back: number): bigint {
  return alertId - BigInt(back + 1) * 10_000_000_000n
}

/** Realistic alerts of one CCD of one visit, encoded with schema 7.4. About 82 kB each. */
export function* alertDatums(visit: AlertVisit, count: number): Generator<Uint8Array> {
  const schema = alertSchema()
  const random = seededRandom(visit.seed)
  for (let index = 0; index < count; index++) {
    const alertId = visit.firstAlertId + BigInt(index)
    const object = newObject(visit, random, alertId)
    const history = Array.from({ length: historyLength }, (_, back) =>
      source(object, random, {
        mjd: visit.midpointMjdTai - (historyLength - back) * 3.021,
        id: earlierId(alertId, back),
      }),
    )
    const forced = Array.from({ length: forcedLength }, (_, back) =>
      forcedSource(object, random, {
        mjd: visit.midpointMjdTai - (forcedLength - back) * 1.511,
        id: earlierId(alertId, back),
      }),
    )
    const newest = source(object, random, { mjd: visit.midpointMjdTai, id: alertId })
    yield schema.encode({
      alertId,
      diaSource: newest,
      prvDiaSources: history,
      prvDiaForcedSources: forced,
      prvDiaNondetectionLimits: null,
      diaObject: diaObject(object, random),
      ssObject: null,
      ...stamps(random, Number(newest['psfFlux'])),
    })
  }
}

interface SkyObject {
  readonly visit: AlertVisit
  readonly id: bigint
  readonly ra: number
  readonly dec: number
  readonly flux: number
  readonly periodDays: number
}

function newObject(visit: AlertVisit, random: () => number, alertId: bigint): SkyObject {
  // A CCD covers 0.22 degrees; the field moves with the visit.
  const ra = (150 + (visit.visit % 97) * 3.5 + (visit.detector % 15) * 0.22 + random() * 0.22) % 360
  const dec = -30 + Math.floor(visit.detector / 15) * 0.22 + random() * 0.22
  return {
    visit,
    id: alertId + 1_000_000_000_000_000n,
    ra,
    dec,
    flux: 500 + 50_000 * random() ** 4,
    periodDays: 0.3 + random() * 30,
  }
}

function brightness(object: SkyObject, mjd: number): number {
  return object.flux * (1 + 0.4 * Math.sin((2 * Math.PI * mjd) / object.periodDays))
}

/** Sums of three uniform numbers: near enough to normal ones of width 1. */
const noiseTable = Float32Array.from({ length: 65_536 }, normalNumbers())

function normalNumbers(): () => number {
  const random = seededRandom(0x5eed)
  return () => (random() + random() + random() - 1.5) * 2
}

function noise(random: () => number): number {
  return noiseTable[Math.floor(random() * 65_536)] ?? 0
}

function source(
  object: SkyObject,
  random: () => number,
  at: { readonly mjd: number; readonly id: bigint },
): Record<string, Value> {
  const flux = brightness(object, at.mjd) + noise(random) * 120
  const known: Record<string, Value> = {
    diaSourceId: at.id,
    visit: object.visit.visit,
    detector: object.visit.detector,
    diaObjectId: object.id,
    ssObjectId: null,
    parentDiaSourceId: null,
    midpointMjdTai: at.mjd,
    ra: object.ra + noise(random) * 1e-5,
    dec: object.dec + noise(random) * 1e-5,
    x: 100 + random() * 3_800,
    y: 100 + random() * 3_800,
    psfFlux: flux,
    psfFluxErr: 120,
    apFlux: flux * (1 + noise(random) * 0.02),
    snr: flux / 120,
    reliability: random(),
    extendedness: random() < 0.1 ? 1 : 0,
    band: bands[Math.floor(at.mjd * 10) % bands.length] ?? 'r',
  }
  return filled('diaSource', known, random)
}

function forcedSource(
  object: SkyObject,
  random: () => number,
  at: { readonly mjd: number; readonly id: bigint },
): Record<string, Value> {
  const flux = brightness(object, at.mjd)
  const known = {
    diaForcedSourceId: at.id,
    diaObjectId: object.id,
    ra: object.ra,
    dec: object.dec,
    visit: object.visit.visit,
    detector: object.visit.detector,
    psfFlux: flux + noise(random) * 120,
    psfFluxErr: 120 + noise(random),
    midpointMjdTai: at.mjd,
    band: 'r',
  }
  return filled('diaForcedSource', known, random)
}

function diaObject(object: SkyObject, random: () => number): Record<string, Value> {
  return filled('diaObject', { diaObjectId: object.id, ra: object.ra, dec: object.dec }, random)
}

const fields = {
  diaSource: fieldsOf('diaSource'),
  diaForcedSource: fieldsOf('diaForcedSource'),
  diaObject: fieldsOf('diaObject'),
}

/** Fields that matter as given, every other one with a number of its kind, as real packets have them. */
function filled(
  record: keyof typeof fields,
  known: Readonly<Record<string, Value>>,
  random: () => number,
): Record<string, Value> {
  const value: Record<string, Value> = {}
  for (const { name, type } of fields[record]) {
    const given = known[name]
    if (given !== undefined) value[name] = given
    else if (type.startsWith('boolean')) value[name] = false
    else if (type.startsWith('float') || type.startsWith('double')) value[name] = noise(random)
    else if (type.startsWith('int')) value[name] = Math.floor(random() * 200)
    else value[name] = null
  }
  return value
}

function stamps(random: () => number, flux: number): Record<string, Uint8Array> {
  const pixels = stampSide * stampSide
  const template = new Float32Array(pixels)
  const science = new Float32Array(pixels)
  const difference = new Float32Array(pixels)
  const center = (stampSide - 1) / 2
  for (let at = 0; at < pixels; at++) {
    const [x, y] = [at % stampSide, Math.floor(at / stampSide)]
    const psf = Math.exp(-((x - center) ** 2 + (y - center) ** 2) / 8) / 25
    const [a, b] = [noise(random) * 12, noise(random) * 12]
    template[at] = 220 + a
    science[at] = 220 + b + flux * psf
    difference[at] = b - a + flux * psf
  }
  return {
    cutoutDifference: cutoutFits(difference, stampSide),
    cutoutScience: cutoutFits(science, stampSide),
    cutoutTemplate: cutoutFits(template, stampSide),
  }
}
