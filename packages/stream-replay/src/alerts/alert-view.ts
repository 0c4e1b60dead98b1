import { summaryOf } from './alert-fields.ts'
import { readFits, type FitsImage } from './read-fits.ts'

export interface LightPoint {
  /** Days before the newest detection. */
  readonly days: number
  readonly band: string
  /** AB magnitude; of a limit, the faintest that would have been seen. */
  readonly mag: number
  readonly magErr: number | null
  readonly isLimit: boolean
}

/** What a person looks at first in an alert packet of Rubin (nJy) or ZTF (magnitudes). */
export interface AlertHead {
  readonly id: string
  readonly objectId: string | null
  readonly band: string | null
  readonly mag: number | null
  readonly magErr: number | null
  /** Real-bogus score or reliability, 0 to 1. */
  readonly score: number | null
  readonly raDeg: number | null
  readonly decDeg: number | null
  /** Unix ms of the middle of the exposure (TAI taken as UTC less 37 s). */
  readonly takenMs: number | null
  readonly historyLength: number
}

export interface AlertView extends AlertHead {
  readonly lightCurve: readonly LightPoint[]
  readonly firstSeenDays: number | null
  readonly stamps: readonly (FitsImage & { readonly name: 'science' | 'template' | 'difference' })[]
}

type Fields = Readonly<Record<string, unknown>>

const mjdOfUnix = 40_587
const jdOfMjd = 2_400_000.5
const msPerDay = 86_400_000
const taiMs = 37_000
/** AB zero point of a flux in nJy. */
const nanojanskyZero = 31.4
const ztfBands: Readonly<Record<number, string>> = { 1: 'g', 2: 'r', 3: 'i' }

export function alertHead(alert: unknown): AlertHead {
  const record = fieldsOf(alert)
  const newest = fieldsOf(record['diaSource'] ?? record['candidate'])
  const mjd = mjdOf(newest)
  const { mag, magErr } = brightness(newest)
  const { id, historyLength } = summaryOf(alert)
  const object = newest['diaObjectId'] ?? newest['ssObjectId'] ?? record['objectId']
  return {
    id,
    objectId: object === null || object === undefined ? null : String(object as string | bigint),
    band: bandOf(newest),
    mag,
    magErr,
    score: numberOf(newest['reliability']) ?? numberOf(newest['drb']) ?? numberOf(newest['rb']),
    raDeg: numberOf(newest['ra']),
    decDeg: numberOf(newest['dec']) ?? numberOf(newest['decl']),
    takenMs: mjd === null ? null : Math.round((mjd - mjdOfUnix) * msPerDay - taiMs),
    historyLength,
  }
}

export function alertView(alert: unknown): AlertView {
  const record = fieldsOf(alert)
  const newest = fieldsOf(record['diaSource'] ?? record['candidate'])
  const end = mjdOf(newest)
  const history = [...listOf(record['prvDiaSources']), ...listOf(record['prv_candidates'])]
  const limits = listOf(record['prvDiaNondetectionLimits'])
  const points = [...history, newest].flatMap((source) => pointOf(source, end))
  const lightCurve = [...points, ...limits.flatMap((limit) => limitOf(limit, end))].toSorted(
    (a, b) => a.days - b.days,
  )
  const seen = lightCurve.find(({ isLimit }) => !isLimit)
  return {
    ...alertHead(alert),
    lightCurve,
    firstSeenDays: seen === undefined ? null : Math.abs(seen.days),
    stamps: (['science', 'template', 'difference'] as const).flatMap((name) => {
      const image = stampOf(record, name)
      return image === null ? [] : [{ ...image, name }]
    }),
  }
}

function pointOf(source: Fields, end: number | null): LightPoint[] {
  const mjd = mjdOf(source)
  const band = bandOf(source)
  if (mjd === null || end === null || band === null) return []
  const { mag, magErr } = brightness(source)
  if (mag !== null) return [{ days: mjd - end, band, mag, magErr, isLimit: false }]
  const limit = numberOf(source['diffmaglim'])
  return limit === null ? [] : [{ days: mjd - end, band, mag: limit, magErr: null, isLimit: true }]
}

function limitOf(source: Fields, end: number | null): LightPoint[] {
  const mjd = mjdOf(source)
  const band = bandOf(source)
  const noise = numberOf(source['diaNoise'])
  if (mjd === null || end === null || band === null || noise === null || noise <= 0) return []
  return [{ days: mjd - end, band, mag: magnitude(noise * 5), magErr: null, isLimit: true }]
}

function brightness(source: Fields): { readonly mag: number | null; readonly magErr: number | null } {
  const given = numberOf(source['magpsf'])
  if (given !== null) return { mag: given, magErr: numberOf(source['sigmapsf']) }
  const flux = numberOf(source['psfFlux']) ?? numberOf(source['psFlux'])
  const error = numberOf(source['psfFluxErr']) ?? numberOf(source['psFluxErr'])
  if (flux === null || flux <= 0) return { mag: null, magErr: null }
  return { mag: magnitude(flux), magErr: error === null ? null : (2.5 / Math.LN10) * (error / flux) }
}

function magnitude(fluxNanojansky: number): number {
  return nanojanskyZero - 2.5 * Math.log10(fluxNanojansky)
}

function mjdOf(source: Fields): number | null {
  const mjd = numberOf(source['midpointMjdTai']) ?? numberOf(source['midPointTai'])
  const jd = numberOf(source['jd'])
  return mjd ?? (jd === null ? null : jd - jdOfMjd)
}

function bandOf(source: Fields): string | null {
  const band = source['band'] ?? source['filterName']
  if (typeof band === 'string') return band
  return ztfBands[numberOf(source['fid']) ?? 0] ?? null
}

function stampOf(record: Fields, name: 'science' | 'template' | 'difference'): FitsImage | null {
  const value = record[`cutout${name.charAt(0).toUpperCase()}${name.slice(1)}`]
  const bytes = value instanceof Uint8Array ? value : fieldsOf(value)['stampData']
  return bytes instanceof Uint8Array ? readFits(bytes) : null
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
