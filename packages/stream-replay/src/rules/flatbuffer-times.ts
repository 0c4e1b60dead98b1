import { schemas } from '@beamtime/stream-formats'

/* Times within the messages of ESS, found through the tables of stream-formats and moved in place, so that a message keeps
 * its size. FlatBuffers: root table at u32; a table begins with the distance (i32) to its vtable; vtable: u16 size, u16 table
 * size, u16 offset of each slot (0 = absent, which means the default value). */

type TimeUnit = 'ns' | 'ms'

interface TimeField {
  readonly name: string
  readonly unit: TimeUnit
}

const timeFields: Readonly<Record<string, readonly TimeField[]>> = {
  ev44: [{ name: 'reference_time', unit: 'ns' }],
  ev42: [{ name: 'pulse_time', unit: 'ns' }],
  f144: [{ name: 'timestamp', unit: 'ns' }],
  f142: [{ name: 'timestamp', unit: 'ns' }],
  al00: [{ name: 'timestamp', unit: 'ns' }],
  ep00: [{ name: 'timestamp', unit: 'ns' }],
  ep01: [{ name: 'timestamp', unit: 'ns' }],
  ad00: [{ name: 'timestamp', unit: 'ns' }],
  ADAr: [{ name: 'timestamp', unit: 'ns' }],
  da00: [{ name: 'timestamp', unit: 'ns' }],
  hs00: [{ name: 'timestamp', unit: 'ns' }],
  hs01: [{ name: 'timestamp', unit: 'ns' }],
  tdct: [{ name: 'timestamps', unit: 'ns' }],
  se00: [{ name: 'packet_timestamp', unit: 'ns' }],
  senv: [{ name: 'packet_timestamp', unit: 'ns' }],
  pl72: [
    { name: 'start_time', unit: 'ms' },
    { name: 'stop_time', unit: 'ms' },
  ],
  '6s4t': [{ name: 'stop_time', unit: 'ms' }],
}

/** Signals of a da00 message that are times themselves. */
const timeSignals = ['start_time', 'end_time']
/** da00 data_type of 64-bit signed integers. */
const int64DataType = 7

/** Whether messages of this name hold times. */
export function hasTimes(id: string): boolean {
  return timeFields[id] !== undefined
}

export interface FlatbufferChange {
  readonly bytes: Uint8Array
  /** Fields that are absent because they have the default value, and stay so. */
  readonly absent: readonly string[]
}

/** A copy of the message with its times moved. Returns the message itself when nothing in it is a time, or it is damaged. */
export function shiftFlatbuffer(message: Uint8Array, id: string, deltaMs: number): FlatbufferChange {
  const fields = timeFields[id]
  if (fields === undefined || deltaMs === 0) return { bytes: message, absent: [] }
  const bytes = Uint8Array.from(message)
  const absent: string[] = []
  try {
    const patcher = new Patcher(bytes)
    const root = patcher.follow(0)
    for (const { name, unit } of fields) {
      const delta = unit === 'ns' ? BigInt(Math.round(deltaMs * 1e6)) : BigInt(Math.round(deltaMs))
      if (!patcher.shiftField(root, slotOf(id, name), { delta, keepZero: unit === 'ms' }))
        absent.push(`${id}.${name}`)
    }
    if (id === 'da00') shiftSignals(patcher, root, BigInt(Math.round(deltaMs * 1e6)))
    return { bytes, absent }
  } catch (error) {
    if (error instanceof RangeError) return { bytes: message, absent: [] }
    throw error
  }
}

interface Slot {
  readonly slot: number
  readonly isVector: boolean
}

const slots = new Map<string, Slot>()

function slotOf(id: string, name: string): Slot {
  const key = `${id}.${name}`
  const known = slots.get(key)
  if (known !== undefined) return known
  const schema = Object.values(schemas).find((one) => one.id === id)
  let slot = 0
  for (const [fieldName, field] of Object.entries(schema?.fields ?? {})) {
    if (fieldName === name) {
      const found = { slot, isVector: field.kind === 'vector' }
      slots.set(key, found)
      return found
    }
    slot += field.kind === 'union' ? 2 : 1
  }
  const absent = { slot: 0xffff, isVector: false } // this release of the format has no such field
  slots.set(key, absent)
  return absent
}

class Patcher {
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** DataView throws RangeError beyond the message. */
  follow(at: number): number {
    return at + this.#view.getUint32(at, true)
  }

  place(table: number, slot: number): number {
    const vtable = table - this.#view.getInt32(table, true)
    const entry = 4 + slot * 2
    if (entry + 2 > this.#view.getUint16(vtable, true)) return 0
    const offset = this.#view.getUint16(vtable + entry, true)
    return offset === 0 ? 0 : table + offset
  }

  #add(at: number, { delta, keepZero }: { readonly delta: bigint; readonly keepZero: boolean }): void {
    const value = this.#view.getBigInt64(at, true)
    if (keepZero && value === 0n) return // 0 = none, or now
    this.#view.setBigInt64(at, value + delta, true)
  }

  /** False when the field is absent. */
  shiftField(
    table: number,
    { slot, isVector }: Slot,
    change: { readonly delta: bigint; readonly keepZero: boolean },
  ): boolean {
    const at = this.place(table, slot)
    if (at === 0) return false
    if (!isVector) {
      this.#add(at, change)
      return true
    }
    const vector = this.follow(at)
    this.shiftAll(vector + 4, this.#view.getUint32(vector, true), change.delta)
    return true
  }

  shiftAll(start: number, count: number, delta: bigint): void {
    if (start + count * 8 > this.#view.byteLength) throw new RangeError('a vector is cut off')
    for (let index = 0; index < count; index++) this.#add(start + index * 8, { delta, keepZero: false })
  }

  uint32(at: number): number {
    return this.#view.getUint32(at, true)
  }

  int8(at: number): number {
    return this.#view.getInt8(at)
  }

  text(at: number): string {
    const start = this.follow(at)
    const length = this.uint32(start)
    if (start + 4 + length > this.#view.byteLength) throw new RangeError('a text is cut off')
    return new TextDecoder().decode(
      new Uint8Array(this.#view.buffer, this.#view.byteOffset + start + 4, length),
    )
  }
}

/* da00 Variable: name 0  unit 1  label 2  source 3  data_type 4  axes 5  shape 6  data 7 */
function shiftSignals(patcher: Patcher, root: number, delta: bigint): void {
  const at = patcher.place(root, 2)
  if (at === 0) return
  const vector = patcher.follow(at)
  for (let index = 0; index < patcher.uint32(vector); index++) {
    const table = patcher.follow(vector + 4 + index * 4)
    const name = patcher.place(table, 0)
    const type = patcher.place(table, 4)
    const data = patcher.place(table, 7)
    const isTime = name !== 0 && type !== 0 && data !== 0 && timeSignals.includes(patcher.text(name))
    if (!isTime || patcher.int8(type) !== int64DataType) continue
    const bytes = patcher.follow(data)
    patcher.shiftAll(bytes + 4, Math.floor(patcher.uint32(bytes) / 8), delta)
  }
}

/** Gives the job of a pl72 or 6s4t another id of the same length, in place. */
export function renameJob(message: Uint8Array, id: string, rename: (jobId: string) => string): Uint8Array {
  if (id !== 'pl72' && id !== '6s4t') return message
  try {
    const bytes = Uint8Array.from(message)
    const patcher = new Patcher(bytes)
    const at = patcher.place(patcher.follow(0), slotOf(id, 'job_id').slot)
    if (at === 0) return message
    const renamed = new TextEncoder().encode(rename(patcher.text(at)))
    const start = patcher.follow(at)
    if (renamed.length !== patcher.uint32(start)) return message
    bytes.set(renamed, start + 4)
    return bytes
  } catch (error) {
    if (error instanceof RangeError) return message
    throw error
  }
}
