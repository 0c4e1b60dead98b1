/* The 39 types of a value on the wire.
 * 0..34 = native type (7) + 7 x form; 35 PUT_ACKT, 36 PUT_ACKS, 37 STSACK_STRING, 38 CLASS_NAME.
 * The offsets were printed by the C client library; the published protocol document is wrong for GR_FLOAT and CTRL_FLOAT.
 * Source: EPICS base db_access.h. */

export const nativeTypes = ['string', 'short', 'float', 'enum', 'char', 'long', 'double'] as const
/** A type a PV can have. `enum` is an index, `char` an unsigned byte, `short` and `long` are signed 16 and 32 bits. */
export type NativeType = (typeof nativeTypes)[number]

export const dbrForms = ['plain', 'sts', 'time', 'gr', 'ctrl'] as const
/** What comes with the value: nothing; alarm; alarm and time; alarm, units and limits; those and control limits. */
export type DbrForm = (typeof dbrForms)[number]

export interface DbrType {
  readonly id: number
  readonly native: NativeType
  readonly form: DbrForm | 'put-ack' | 'sts-ack' | 'class-name'
  /** Where element 0 starts. */
  readonly offsetBytes: number
  readonly elementBytes: number
}

export const elementBytes = {
  string: 40,
  short: 2,
  float: 4,
  enum: 2,
  char: 1,
  long: 4,
  double: 8,
} as const satisfies Record<NativeType, number>

const offsets: Record<DbrForm, readonly number[]> = {
  plain: [0, 0, 0, 0, 0, 0, 0],
  sts: [4, 4, 4, 4, 5, 4, 8],
  time: [12, 14, 12, 14, 15, 12, 16],
  gr: [4, 24, 40, 422, 19, 36, 64],
  ctrl: [4, 28, 48, 422, 21, 44, 80],
}

export const dbrTypes: readonly DbrType[] = [
  ...dbrForms.flatMap((form, f) =>
    nativeTypes.map((native, n) => ({
      id: f * 7 + n,
      native,
      form,
      offsetBytes: offsets[form][n] ?? 0,
      elementBytes: elementBytes[native],
    })),
  ),
  { id: 35, native: 'short', form: 'put-ack', offsetBytes: 0, elementBytes: 2 },
  { id: 36, native: 'short', form: 'put-ack', offsetBytes: 0, elementBytes: 2 },
  { id: 37, native: 'string', form: 'sts-ack', offsetBytes: 8, elementBytes: 40 },
  { id: 38, native: 'string', form: 'class-name', offsetBytes: 0, elementBytes: 40 },
]

export const dbrPutAckt = 35
export const dbrPutAcks = 36
export const dbrStsAckString = 37
export const dbrClassName = 38

/** The number of a type on the wire, 0 to 34. */
export function dbrId(native: NativeType, form: DbrForm): number {
  return dbrForms.indexOf(form) * 7 + nativeTypes.indexOf(native)
}
