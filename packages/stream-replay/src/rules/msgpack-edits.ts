/* Reads and replaces single values of a MessagePack message without decoding the rest.
 * Source: MessagePack specification, "Formats". Numpy arrays and other extensions are passed over as they are. */

export interface MsgpackLeaf {
  /** Keys from the outside in; `[]` for an item of a list. */
  readonly path: readonly string[]
  readonly value: string | number | bigint
}

/** What takes the place of a value: text, a number (as float64) or a bigint (as 64-bit integer); undefined leaves it as it is. */
export type MsgpackChange = (leaf: MsgpackLeaf) => string | number | bigint | undefined

const maxDepth = 64

/** A copy with values replaced, or the message itself when nothing changes. Throws RangeError when it is malformed. */
export function editMsgpack(bytes: Uint8Array, change: MsgpackChange): Uint8Array {
  const editor = new Editor(bytes, change)
  editor.value([], 0)
  return editor.result()
}

const text = new TextDecoder()

class Editor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #change: MsgpackChange
  readonly #edits: { readonly start: number; readonly end: number; readonly content: Uint8Array }[] = []
  #at = 0

  constructor(bytes: Uint8Array, change: MsgpackChange) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#change = change
  }

  #take(length: number): number {
    const at = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw new RangeError('the message is cut off')
    return at
  }

  #length(size: 1 | 2 | 4): number {
    const at = this.#take(size)
    return size === 1
      ? this.#view.getUint8(at)
      : size === 2
        ? this.#view.getUint16(at)
        : this.#view.getUint32(at)
  }

  value(path: readonly string[], depth: number): void {
    if (depth > maxDepth) throw new RangeError(`values are nested deeper than ${maxDepth}`)
    const start = this.#at
    const head = this.#view.getUint8(this.#take(1))
    const length = this.#stringLength(head)
    if (length !== null) {
      const from = this.#take(length)
      this.#leaf(path, start, text.decode(this.#bytes.subarray(from, from + length)))
    } else if (head <= 0x7f || head >= 0xe0) this.#leaf(path, start, head <= 0x7f ? head : head - 0x100)
    else if ((head & 0xf0) === 0x80 || head === 0xde || head === 0xdf) this.#map(head, path, depth)
    else if ((head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd) this.#list(head, path, depth)
    else this.#scalar(head, path, start)
  }

  #stringLength(head: number): number | null {
    if ((head & 0xe0) === 0xa0) return head & 0x1f
    if (head === 0xd9) return this.#length(1)
    if (head === 0xda) return this.#length(2)
    if (head === 0xdb) return this.#length(4)
    return null
  }

  #map(head: number, path: readonly string[], depth: number): void {
    const count = head === 0xde ? this.#length(2) : head === 0xdf ? this.#length(4) : head & 0x0f
    for (let index = 0; index < count; index++) {
      const key = this.#key(depth)
      this.value([...path, key], depth + 1)
    }
  }

  /** Keys other than text are passed over; nothing is looked for below them. */
  #key(depth: number): string {
    const length = this.#stringLength(this.#view.getUint8(this.#take(1)))
    if (length === null) {
      this.#at--
      this.value(['\0'], depth + 1)
      return '\0'
    }
    const from = this.#take(length)
    return text.decode(this.#bytes.subarray(from, from + length))
  }

  #list(head: number, path: readonly string[], depth: number): void {
    const count = head === 0xdc ? this.#length(2) : head === 0xdd ? this.#length(4) : head & 0x0f
    const inner = [...path, '[]']
    for (let index = 0; index < count; index++) this.value(inner, depth + 1)
  }

  #scalar(head: number, path: readonly string[], start: number): void {
    const number = this.#number(head)
    if (number !== null) return this.#leaf(path, start, number)
    if (head === 0xc0 || head === 0xc2 || head === 0xc3) return
    const sizes: Readonly<Record<number, () => number>> = {
      0xc4: () => this.#length(1),
      0xc5: () => this.#length(2),
      0xc6: () => this.#length(4),
      0xc7: () => this.#length(1) + 1,
      0xc8: () => this.#length(2) + 1,
      0xc9: () => this.#length(4) + 1,
      0xd4: () => 2,
      0xd5: () => 3,
      0xd6: () => 5,
      0xd7: () => 9,
      0xd8: () => 17,
    }
    const size = sizes[head]
    if (size === undefined) throw new RangeError(`there is no MessagePack type ${head}`)
    this.#take(size())
  }

  // oxlint-disable-next-line complexity -- one case for each kind of number
  #number(head: number): number | bigint | null {
    switch (head) {
      case 0xca:
        return this.#view.getFloat32(this.#take(4))
      case 0xcb:
        return this.#view.getFloat64(this.#take(8))
      case 0xcc:
        return this.#view.getUint8(this.#take(1))
      case 0xcd:
        return this.#view.getUint16(this.#take(2))
      case 0xce:
        return this.#view.getUint32(this.#take(4))
      case 0xcf:
        return this.#view.getBigUint64(this.#take(8))
      case 0xd0:
        return this.#view.getInt8(this.#take(1))
      case 0xd1:
        return this.#view.getInt16(this.#take(2))
      case 0xd2:
        return this.#view.getInt32(this.#take(4))
      case 0xd3:
        return this.#view.getBigInt64(this.#take(8))
      default:
        return null
    }
  }

  #leaf(path: readonly string[], start: number, value: string | number | bigint): void {
    const changed = this.#change({ path, value })
    if (changed === undefined || changed === value) return
    this.#edits.push({ start, end: this.#at, content: encoded(changed) })
  }

  result(): Uint8Array {
    if (this.#edits.length === 0) return this.#bytes
    const parts: Uint8Array[] = []
    let from = 0
    for (const { start, end, content } of this.#edits) {
      parts.push(this.#bytes.subarray(from, start), content)
      from = end
    }
    parts.push(this.#bytes.subarray(from))
    return Buffer.concat(parts)
  }
}

function encoded(value: string | number | bigint): Uint8Array {
  if (typeof value === 'string') {
    const content = Buffer.from(value)
    const head =
      content.length < 32
        ? [0xa0 | content.length]
        : content.length < 256
          ? [0xd9, content.length]
          : [0xda, content.length >>> 8, content.length & 0xff]
    return Buffer.concat([Uint8Array.from(head), content])
  }
  const bytes = Buffer.allocUnsafe(9)
  bytes[0] = typeof value === 'bigint' ? 0xd3 : 0xcb
  if (typeof value === 'bigint') bytes.writeBigInt64BE(value, 1)
  else bytes.writeDoubleBE(value, 1)
  return bytes
}
