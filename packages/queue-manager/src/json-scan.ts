export interface JsonScan {
  /** Brackets that are open at once. */
  readonly depth: number
  /** A whole number may be written as a float (`1.0`, `1e5`): then each number has to be looked at. */
  readonly wholeFloats: boolean
}

const quote = 0x22
const backslash = 0x5c
const dot = 0x2e
const minus = 0x2d
const zero = 0x30
const nine = 0x39

/**
 * What has to be known of a JSON text before it is parsed, in one pass over its bytes. The text need not be well formed.
 * `bench/large-request.ts` covers this loop.
 */
export function scanJson(bytes: Uint8Array, maxDepth: number): JsonScan {
  let depth = 0
  let deepest = 0
  let wholeFloats = false
  const end = bytes.length
  for (let index = 0; index < end; index += 1) {
    switch (bytes[index] ?? 0) {
      case quote:
        index = endOfString(bytes, index + 1)
        break
      case 0x5b: // [
      case 0x7b: // {
        depth += 1
        if (depth > deepest) deepest = depth
        if (depth > maxDepth) return { depth, wholeFloats }
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1
        break
      case dot:
      case 0x45: // E
      case 0x65: // e, also in true and false
        wholeFloats ||= marksWholeFloat(bytes, index)
        break
      default:
    }
  }
  return { depth: deepest, wholeFloats }
}

function marksWholeFloat(bytes: Uint8Array, index: number): boolean {
  if (bytes[index] === dot) return isZeroFraction(bytes, index + 1)
  // A negative exponent makes a whole number only of a mantissa that nobody writes (`10e-1`).
  return isDigit(bytes[index - 1]) && bytes[index + 1] !== minus
}

function endOfString(bytes: Uint8Array, start: number): number {
  let index = start
  for (let byte = bytes[index]; byte !== quote && byte !== undefined; byte = bytes[index]) {
    index += byte === backslash ? 2 : 1
  }
  return index
}

function isZeroFraction(bytes: Uint8Array, start: number): boolean {
  let index = start
  while (bytes[index] === zero) index += 1
  return index > start && !isDigit(bytes[index])
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine
}
