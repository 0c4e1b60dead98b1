import { convertElements, arrayOf, elementsOf, type ConversionContext } from '../dbr/convert-value.ts'
import { dbrTypes, dbrStsAckString, dbrClassName, type DbrType, type NativeType } from '../dbr/dbr-type.ts'
import type { CaMetadata, CaValue } from '../dbr/dbr-reading.ts'
import { decodeDbr } from '../dbr/decode-dbr.ts'
import { eca } from '../dbr/eca.ts'
import { encodeDbr } from '../dbr/encode-dbr.ts'
import type { EpicsTime } from '../dbr/epics-time.ts'

/** What a PV of the test server holds. */
export interface ScriptedPv {
  readonly type: NativeType
  value: CaValue
  /** The most elements. Default: those of the value. */
  readonly count?: number
  status?: number
  severity?: number
  time?: EpicsTime
  meta?: CaMetadata
  /** Bit 0 read, bit 1 write. Default 3. */
  rights?: number
  readonly recordType?: string
  /** Takes a put and answers it with an ECA status, now or later. Default: stores the value and answers NORMAL. */
  readonly onPut?: (value: CaValue, answer: (status: number) => void) => void
}

export function mostElements(pv: ScriptedPv): number {
  return pv.count ?? elementsOf(pv.value).length
}

function contextOf(pv: ScriptedPv): ConversionContext {
  const precision = pv.meta?.kind === 'number' ? (pv.meta.precision ?? 0) : 0
  return pv.meta?.kind === 'enum' ? { precision, states: pv.meta.states } : { precision }
}

function emptyMeta(native: NativeType): CaMetadata | null {
  const none = { low: 0, high: 0 }
  if (native === 'string') return null
  if (native === 'enum') return { kind: 'enum', states: [] }
  return { kind: 'number', units: '', precision: 0, display: none, alarm: none, warning: none, control: none }
}

function padded(
  elements: readonly (number | string)[],
  count: number,
  native: NativeType,
): readonly (number | string)[] {
  const fill = native === 'string' ? '' : 0
  return Array.from({ length: count }, (_, i) => elements[i] ?? fill)
}

export interface PvBytes {
  readonly status: number
  readonly count: number
  readonly payload: Uint8Array
}

function valueOf(elements: readonly (number | string)[], native: NativeType): CaValue {
  return native === 'string' ? elements.map(String) : arrayOf(native, elements.map(Number))
}

function failed(type: DbrType, count: number, status: number): PvBytes {
  return { status, count, payload: new Uint8Array(type.offsetBytes + count * type.elementBytes) }
}

/** The reply to a read: a count above 0 gives exactly so many elements, zeros behind the last, as RSRV does. */
export function readPv(pv: ScriptedPv, dbr: number, count: number): PvBytes {
  const type = dbrTypes[dbr]
  if (type === undefined) return { status: eca.BADTYPE, count: 0, payload: new Uint8Array(0) }
  if (((pv.rights ?? 3) & 1) === 0) return failed(type, count, eca.NORDACCESS)
  if (count > mostElements(pv)) return failed(type, count, eca.BADCOUNT)
  const converted = elementsAs(pv, type)
  if (converted === undefined) return failed(type, count, eca.GETFAIL)
  const elements = count === 0 ? converted : padded(converted, count, type.native)
  const payload = encodeDbr(dbr, { value: valueOf(elements, type.native), ...attributesOf(pv, type) })
  return { status: eca.NORMAL, count: elements.length, payload }
}

function elementsAs(pv: ScriptedPv, type: DbrType): readonly (number | string)[] | undefined {
  if (type.id === dbrClassName) return [pv.recordType ?? 'ai']
  return convertElements(elementsOf(pv.value), { from: pv.type, to: type.native }, contextOf(pv))
}

function attributesOf(pv: ScriptedPv, type: DbrType): Omit<Parameters<typeof encodeDbr>[1], 'value'> {
  const fits = (pv.meta?.kind === 'enum') === (type.native === 'enum')
  return {
    status: pv.status ?? 0,
    severity: pv.severity ?? 0,
    time: pv.time ?? null,
    meta: fits ? (pv.meta ?? null) : emptyMeta(type.native),
    acknowledge: type.id === dbrStsAckString ? { transient: 1, severity: 0 } : null,
  }
}

/** A put's value in the PV's own type, or the status that refuses it. */
export function convertPut(
  pv: ScriptedPv,
  put: { readonly dbr: number; readonly count: number; readonly payload: Uint8Array },
): CaValue | { readonly refused: number } {
  if (put.dbr >= dbrTypes.length) return { refused: eca.BADTYPE }
  if (((pv.rights ?? 3) & 2) === 0) return { refused: eca.NOWTACCESS }
  if (put.count > mostElements(pv)) return { refused: eca.BADCOUNT }
  const reading = decodeDbr({ ...put, scalar: false })
  const types = { from: reading.type, to: pv.type }
  const elements = convertElements(elementsOf(reading.value), types, contextOf(pv))
  if (elements === undefined) return { refused: eca.PUTFAIL }
  if (mostElements(pv) === 1) return elements[0] ?? 0
  return valueOf(elements, pv.type)
}
