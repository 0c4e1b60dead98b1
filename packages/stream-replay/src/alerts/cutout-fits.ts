/* FITS, one image: header of 80-character cards in blocks of 2880 bytes, then big-endian float32 pixels padded to a block.
 * Source: FITS standard 4.0, sections 3 and 4. */

const cardBytes = 80
const blockBytes = 2_880

function card(key: string, value: string, comment: string): string {
  return `${key.padEnd(8)}= ${value.padStart(20)} / ${comment}`.padEnd(cardBytes).slice(0, cardBytes)
}

/** A square image as a FITS file. */
export function cutoutFits(pixels: Float32Array, side: number): Buffer {
  const cards = [
    card('SIMPLE', 'T', 'conforms to FITS standard'),
    card('BITPIX', '-32', 'array data type'),
    card('NAXIS', '2', 'number of array dimensions'),
    card('NAXIS1', String(side), ''),
    card('NAXIS2', String(side), ''),
    card('EXTEND', 'T', ''),
    card('BUNIT', "'nJy     '", 'unit of the pixels'),
    'END'.padEnd(cardBytes),
  ].join('')
  const headerBytes = Math.ceil(cards.length / blockBytes) * blockBytes
  const dataBytes = Math.ceil((pixels.length * 4) / blockBytes) * blockBytes
  const bytes = Buffer.alloc(headerBytes + dataBytes)
  bytes.fill(0x20, 0, headerBytes)
  bytes.write(cards, 'latin1')
  pixels.forEach((pixel, index) => bytes.writeFloatBE(pixel, headerBytes + index * 4))
  return bytes
}
