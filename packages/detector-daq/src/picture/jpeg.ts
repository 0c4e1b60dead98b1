/* JPEG, baseline, 8 bits, YCbCr without subsampling (ITU T.81). Quantisation and Huffman tables are those of annex K. */

function table(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** 64 numbers of two hexadecimal digits: the order of a block's values, and by what they are divided. */
const zigzag = table(
  '000108100902030a11182019120b04050c131a21283029221b140d06070e151c232a313839322b241d160f171e252c333a3b342d261f272e353c3d362f373e3f',
)
const brightnessQuants = table(
  '100b0a101828333d0c0c0e131a3a3c370e0d1018283945380e11161d3357503e12162538446d674d182337405168715c31404e5767797865485c5f6270646763',
)
const colourQuants = table(
  '1112182f6363636312151a4263636363181a3863636363632f426363636363636363636363636363636363636363636363636363636363636363636363636363',
)

interface Huffman {
  /** Codes per length 1 to 16. */
  readonly counts: readonly number[]
  readonly values: readonly number[]
}

const dc: Huffman = {
  counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  values: Array.from({ length: 12 }, (_, at) => at),
}
const ac: Huffman = {
  counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
  values: Array.from(
    table(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
    ),
  ),
}

interface Codes {
  readonly code: Uint16Array
  readonly bits: Uint8Array
}

function codesOf({ counts, values }: Huffman): Codes {
  const code = new Uint16Array(256)
  const bits = new Uint8Array(256)
  let next = 0
  let at = 0
  for (const [index, count] of counts.entries()) {
    for (let each = 0; each < count; each += 1) {
      const value = values[at] ?? 0
      code[value] = next
      bits[value] = index + 1
      next += 1
      at += 1
    }
    next *= 2
  }
  return { code, bits }
}

const dcCodes = codesOf(dc)
const acCodes = codesOf(ac)

class BitWriter {
  private bytes: Uint8Array<ArrayBuffer>
  length = 0
  private held = 0
  private count = 0

  constructor(bytes: number) {
    this.bytes = new Uint8Array(bytes)
  }

  byte(value: number): void {
    if (this.length + 2 > this.bytes.length) {
      const more = new Uint8Array(this.bytes.length * 2)
      more.set(this.bytes)
      this.bytes = more
    }
    this.bytes[this.length] = value
    this.length += 1
  }

  raw(...values: readonly number[]): this {
    for (const value of values) this.byte(value)
    return this
  }

  /** At most 16 bits. */
  put(value: number, bits: number): void {
    this.held = (this.held << bits) | value
    this.count += bits
    while (this.count >= 8) {
      this.count -= 8
      const byte = (this.held >>> this.count) & 0xff
      this.byte(byte)
      if (byte === 0xff) this.byte(0)
    }
    this.held &= (1 << this.count) - 1
  }

  /** Fills the last byte with ones. */
  flush(): void {
    if (this.count > 0) this.put((1 << (8 - this.count)) - 1, 8 - this.count)
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length)
  }
}

/** cos((2x + 1) u pi / 16), scaled: rows u, columns x from 0 to 3; the other half follows by symmetry. */
const cosines = Float32Array.from({ length: 32 }, (_, at) => {
  const u = at >> 2
  const scale = u === 0 ? Math.SQRT1_2 : 1
  return (scale * Math.cos(((2 * (at & 3) + 1) * u * Math.PI) / 16)) / 2
})

/** The cosine transform of 8 values that lie `step` apart, in place. */
function transformLine(block: Float32Array, from: number, step: number): void {
  const at = (index: number): number => block[from + index * step] ?? 0
  const [a, b, c, d] = [at(0), at(1), at(2), at(3)]
  const [h, g, f, e] = [at(7), at(6), at(5), at(4)]
  for (let u = 0; u < 8; u += 1) {
    const sign = u % 2 === 0 ? 1 : -1
    block[from + u * step] =
      (a + sign * h) * (cosines[u * 4] ?? 0) +
      (b + sign * g) * (cosines[u * 4 + 1] ?? 0) +
      (c + sign * f) * (cosines[u * 4 + 2] ?? 0) +
      (d + sign * e) * (cosines[u * 4 + 3] ?? 0)
  }
}

/** The cosine transform of a block of 8 x 8, in place. */
function transform(block: Float32Array): void {
  for (let row = 0; row < 64; row += 8) transformLine(block, row, 1)
  for (let column = 0; column < 8; column += 1) transformLine(block, column, 8)
}

/** A number as its size and bits; `run` zeros stand before it. */
function putNumber(
  out: BitWriter,
  codes: Codes,
  number: { readonly value: number; readonly run: number },
): void {
  const { value, run } = number
  const size = 32 - Math.clz32(Math.abs(value))
  const symbol = run * 16 + size
  out.put(codes.code[symbol] ?? 0, codes.bits[symbol] ?? 0)
  if (size > 0) out.put(value < 0 ? value + (1 << size) - 1 : value, size)
}

/** Writes a block; gives its mean value for the next one of the component. */
function putBlock(out: BitWriter, block: Float32Array, at: { quants: Uint8Array; before: number }): number {
  transform(block)
  const first = Math.round((block[0] ?? 0) / (at.quants[0] ?? 1))
  putNumber(out, dcCodes, { value: first - at.before, run: 0 })
  let zeros = 0
  for (let index = 1; index < 64; index += 1) {
    const place = zigzag[index] ?? 0
    const value = Math.round((block[place] ?? 0) / (at.quants[place] ?? 1))
    if (value === 0) {
      zeros += 1
      continue
    }
    for (; zeros > 15; zeros -= 16) out.put(acCodes.code[0xf0] ?? 0, acCodes.bits[0xf0] ?? 0)
    putNumber(out, acCodes, { value, run: zeros })
    zeros = 0
  }
  if (zeros > 0) out.put(acCodes.code[0] ?? 0, acCodes.bits[0] ?? 0)
  return first
}

function quantTable(base: Uint8Array, quality: number): Uint8Array {
  const scale = quality < 50 ? 5_000 / quality : 200 - quality * 2
  return base.map((value) => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))))
}

function putHeaders(
  out: BitWriter,
  picture: { readonly width: number; readonly height: number; readonly tables: readonly Uint8Array[] },
): void {
  const { width, height, tables } = picture
  out.raw(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
  for (const [index, table] of tables.entries()) {
    out.raw(0xff, 0xdb, 0, 67, index)
    for (let at = 0; at < 64; at += 1) out.byte(table[zigzag[at] ?? 0] ?? 1)
  }
  out.raw(0xff, 0xc0, 0, 17, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3)
  out.raw(1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1)
  for (const [kind, huffman] of [dc, ac].entries()) {
    out.raw(0xff, 0xc4, 0, 19 + huffman.values.length, kind << 4, ...huffman.counts, ...huffman.values)
  }
  out.raw(0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0)
}

/** RGB, 3 bytes a pixel, row by row. */
export interface RgbPicture {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** A JPEG file of a picture; quality 1 to 100. */
export function encodeJpeg(picture: RgbPicture, quality = 80): Uint8Array<ArrayBuffer> {
  const { width, height, rgb } = picture
  const tables = [quantTable(brightnessQuants, quality), quantTable(colourQuants, quality)]
  const out = new BitWriter(Math.max(4_096, width * height))
  putHeaders(out, { width, height, tables })
  const blocks = [0, 1, 2].map(() => new Float32Array(64))
  const before = [0, 0, 0]
  const [bright = new Float32Array(64), blue = bright, red = bright] = blocks
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let at = 0; at < 64; at += 1) {
        const y = Math.min(height - 1, top + (at >> 3))
        const x = Math.min(width - 1, left + (at & 7))
        const from = (y * width + x) * 3
        const [r = 0, g = 0, b = 0] = [rgb[from], rgb[from + 1], rgb[from + 2]]
        bright[at] = 0.299 * r + 0.587 * g + 0.114 * b - 128
        blue[at] = -0.168_736 * r - 0.331_264 * g + 0.5 * b
        red[at] = 0.5 * r - 0.418_688 * g - 0.081_312 * b
      }
      for (const [component, block] of blocks.entries())
        before[component] = putBlock(out, block, {
          quants: tables[component === 0 ? 0 : 1] ?? new Uint8Array(64),
          before: before[component] ?? 0,
        })
    }
  }
  out.flush()
  out.raw(0xff, 0xd9)
  return out.done()
}
