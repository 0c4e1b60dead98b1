import { gunzipSync } from 'node:zlib'

/* FITS: 80-character cards in blocks of 2880 bytes up to END, then big-endian pixels; the first image with two axes counts.
 * Source: FITS standard 4.0, sections 3 to 5 and 7.1. ZTF packs its stamps with gzip. */

export interface FitsImage {
  readonly width: number
  readonly height: number
  /** Row by row from the bottom, with BSCALE and BZERO applied; blanks are NaN. */
  readonly pixels: Float32Array
}

const blockBytes = 2_880
const cardBytes = 80
/** A stamp is small; more is refused before anything is allocated. */
const maxPixels = 4_194_304
const maxUnits = 16

/** The first two-dimensional image; null when there is none, or when the bytes are no FITS. */
export function readFits(given: Uint8Array): FitsImage | null {
  const bytes = given[0] === 0x1f && given[1] === 0x8b ? gunzipped(given) : given
  if (bytes === null) return null
  let at = 0
  for (let unit = 0; unit < maxUnits && at + blockBytes <= bytes.length; unit++) {
    const header = readHeader(bytes, at)
    if (header === null) return null
    const image = imageOf(bytes, header)
    if (image !== null) return image
    at = header.dataAt + Math.ceil(header.dataBytes / blockBytes) * blockBytes
  }
  return null
}

function gunzipped(bytes: Uint8Array): Uint8Array | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxPixels * 8 + 64 * blockBytes })
  } catch {
    return null
  }
}

interface Header {
  readonly cards: ReadonlyMap<string, string>
  readonly dataAt: number
  readonly dataBytes: number
}

function readHeader(bytes: Uint8Array, from: number): Header | null {
  const cards = new Map<string, string>()
  for (let at = from; at + cardBytes <= bytes.length; at += cardBytes) {
    const card = Buffer.from(bytes.buffer, bytes.byteOffset + at, cardBytes).toString('latin1')
    const key = card.slice(0, 8).trim()
    if (at === from && key !== 'SIMPLE' && key !== 'XTENSION') return null
    if (key === 'END') {
      const dataAt = from + Math.ceil((at + cardBytes - from) / blockBytes) * blockBytes
      return { cards, dataAt, dataBytes: sizeOf(cards) }
    }
    if (card.slice(8, 10) === '= ' && !cards.has(key))
      cards.set(key, card.slice(10).split('/')[0]?.trim() ?? '')
  }
  return null
}

function numberOf(cards: ReadonlyMap<string, string>, key: string, otherwise: number): number {
  const value = Number(cards.get(key))
  return cards.has(key) && Number.isFinite(value) ? value : otherwise
}

function sizeOf(cards: ReadonlyMap<string, string>): number {
  const axes = Math.max(0, Math.min(999, numberOf(cards, 'NAXIS', 0)))
  if (axes === 0) return 0
  let elements = 1
  for (let axis = 1; axis <= axes; axis++) elements *= numberOf(cards, `NAXIS${axis}`, 0)
  const bytes = Math.abs(numberOf(cards, 'BITPIX', 8)) / 8
  return bytes * numberOf(cards, 'GCOUNT', 1) * (numberOf(cards, 'PCOUNT', 0) + elements)
}

const readers: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  8: (view, at) => view.getUint8(at),
  16: (view, at) => view.getInt16(at),
  32: (view, at) => view.getInt32(at),
  64: (view, at) => Number(view.getBigInt64(at)),
  [-32]: (view, at) => view.getFloat32(at),
  [-64]: (view, at) => view.getFloat64(at),
}

function imageOf(bytes: Uint8Array, { cards, dataAt }: Header): FitsImage | null {
  const bits = numberOf(cards, 'BITPIX', 0)
  const read = readers[bits]
  if (
    read === undefined ||
    numberOf(cards, 'NAXIS', 0) !== 2 ||
    cards.get('XTENSION')?.includes('TABLE') === true
  )
    return null
  const width = numberOf(cards, 'NAXIS1', 0)
  const height = numberOf(cards, 'NAXIS2', 0)
  const step = Math.abs(bits) / 8
  const isWhole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
  if (!isWhole || width * height > maxPixels || dataAt + width * height * step > bytes.length) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataAt, width * height * step)
  const [scale, zero] = [numberOf(cards, 'BSCALE', 1), numberOf(cards, 'BZERO', 0)]
  const blank = bits > 0 && cards.has('BLANK') ? numberOf(cards, 'BLANK', Number.NaN) : Number.NaN
  const pixels = new Float32Array(width * height)
  for (let index = 0; index < pixels.length; index++) {
    const raw = read(view, index * step)
    pixels[index] = raw === blank ? Number.NaN : raw * scale + zero
  }
  return { width, height, pixels }
}
