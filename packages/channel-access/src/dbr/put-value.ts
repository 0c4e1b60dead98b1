import { CaError } from '../error.ts'
import { encodeText } from '../messages/message.ts'
import { arrayOf, clampTo, elementsOf, fitsIn } from './convert-value.ts'
import type { CaValue } from './dbr-reading.ts'
import { dbrId, dbrPutAcks, dbrPutAckt, type NativeType } from './dbr-type.ts'
import { countOf, encodePlain } from './encode-dbr.ts'

/** A value as a caller gives it: also plain lists of numbers. */
export type CaPutValue = CaValue | readonly number[]

/** `putAckt` and `putAcks` are the alarm acknowledgements of DBR_PUT_ACKT and DBR_PUT_ACKS. */
export type CaPutType = NativeType | 'putAckt' | 'putAcks'

export interface PutBytes {
  readonly dbr: number
  readonly count: number
  readonly payload: Uint8Array
}

function numbersFor(native: Exclude<NativeType, 'string'>, value: CaPutValue): CaValue {
  const elements = typeof value === 'number' ? [value] : elementsOf(value as CaValue)
  for (const element of elements) {
    if (typeof element !== 'number') throw new CaError('CA_VALUE_UNFIT', `${native} takes numbers, not texts`)
    if (!fitsIn(native, element))
      throw new CaError('CA_VALUE_UNFIT', `${element} is out of the range of ${native}`)
  }
  if (typeof value === 'number') return clampTo(native, value)
  return arrayOf(
    native,
    elements.map((element) => clampTo(native, Number(element))),
  )
}

function isTypedFor(native: NativeType, value: CaPutValue): boolean {
  switch (native) {
    case 'double':
      return value instanceof Float64Array || typeof value === 'number'
    case 'float':
      return value instanceof Float32Array || typeof value === 'number'
    case 'long':
      return value instanceof Int32Array
    case 'short':
      return value instanceof Int16Array
    case 'enum':
      return value instanceof Uint16Array
    case 'char':
      return value instanceof Uint8Array
    case 'string':
      return false
  }
}

function typeFor(value: CaPutValue, native: NativeType, most: number): NativeType {
  const first = typeof value === 'object' ? value[0] : value
  if (typeof first !== 'string') return native
  // A text for an array of characters is a long string; for anything else the server converts it.
  return native === 'char' && most > 1 && typeof value === 'string' ? 'char' : 'string'
}

/** The bytes of a put to a channel of the given native type and most elements. Throws CA_VALUE_UNFIT. */
export function encodePut(
  value: CaPutValue,
  channel: { readonly native: NativeType; readonly count: number; readonly type?: CaPutType | undefined },
): PutBytes {
  if (channel.type === 'putAckt' || channel.type === 'putAcks') {
    const payload = encodePlain('short', numbersFor('short', value))
    return { dbr: channel.type === 'putAckt' ? dbrPutAckt : dbrPutAcks, count: 1, payload }
  }
  const type = channel.type ?? typeFor(value, channel.native, channel.count)
  let typed: CaValue
  if (type === 'char' && typeof value === 'string') typed = encodeText(`${value}\0`)
  else if (type === 'string')
    typed = typeof value === 'string' ? value : elementsOf(value as CaValue).map((element) => String(element))
  else typed = isTypedFor(type, value) ? (value as CaValue) : numbersFor(type, value)
  const count = countOf(typed)
  if (count > Math.max(1, channel.count))
    throw new CaError('CA_VALUE_UNFIT', `${count} elements; the channel holds ${channel.count}`)
  return { dbr: dbrId(type, 'plain'), count, payload: encodePlain(type, typed) }
}
