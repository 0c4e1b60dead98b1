import type { PixelKernel } from './pixel-kernel.ts'

/** The inner loops in plain TypeScript: what the SIMD kernel is compared with, and what runs where there is no SIMD. */
export function referenceKernel(memory: WebAssembly.Memory): PixelKernel {
  const { buffer } = memory
  const bytes = new Uint8Array(buffer)
  const view = new DataView(buffer)
  const pixelAt = (at: number, pixelBytes: number): number =>
    pixelBytes === 1
      ? view.getUint8(at)
      : pixelBytes === 2
        ? view.getUint16(at, true)
        : view.getUint32(at, true)
  const setPixel = (at: number, pixelBytes: number, value: number): void => {
    if (pixelBytes === 1) view.setUint8(at, value)
    else if (pixelBytes === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
  }
  return {
    kind: 'reference',
    copyRows({ source, target, rows, rowBytes, sourceStride, targetStride }) {
      for (let row = 0; row < rows; row += 1) {
        const from = source + row * sourceStride
        bytes.copyWithin(target + row * targetStride, from, from + rowBytes)
      }
    },
    stepPixels({ source, target, rows, columns, pixelBytes, sourceStride, rowStep, columnStep }) {
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const value = pixelAt(source + row * sourceStride + column * pixelBytes, pixelBytes)
          setPixel(target + row * rowStep + column * columnStep, pixelBytes, value)
        }
      }
    },
    unpack12({ source, target, pixels }) {
      for (let pair = 0; pair < pixels >> 1; pair += 1) {
        const from = source + pair * 3
        const middle = view.getUint8(from + 1)
        view.setUint16(target + pair * 4, view.getUint8(from) | ((middle & 0x0f) << 8), true)
        view.setUint16(target + pair * 4 + 2, (middle >> 4) | (view.getUint8(from + 2) << 4), true)
      }
    },
    unpack4({ source, target, pixels }) {
      for (let pair = 0; pair < pixels >> 1; pair += 1) {
        const both = view.getUint8(source + pair)
        view.setUint8(target + pair * 2, both & 0x0f)
        view.setUint8(target + pair * 2 + 1, both >> 4)
      }
    },
    jungfrau({ source, target, pixels, table, first, error, saturated }) {
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        const raw = view.getUint16(source + pixel * 2, true)
        const code = raw >> 14
        const at = (first + pixel) * 4
        const pedestal = view.getFloat32(view.getUint32(table + code * 4, true) + at, true)
        const gain = view.getFloat32(view.getUint32(table + 16 + code * 4, true) + at, true)
        let value = Math.fround(Math.fround((raw & 0x3fff) - pedestal) * gain)
        if (raw === 0xc000) value = saturated
        if (raw === 0xffff || raw === 0x4000 || code === 2) value = error
        view.setFloat32(target + pixel * 4, value, true)
      }
    },
    subtractDark({ target, dark, pixels, pixelBytes }) {
      for (let at = 0; at < pixels * pixelBytes; at += pixelBytes) {
        const value = pixelAt(target + at, pixelBytes) - pixelAt(dark + at, pixelBytes)
        setPixel(target + at, pixelBytes, Math.max(0, value))
      }
    },
    correctFlat({ source, target, pixels, pixelBytes, dark, flat }) {
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        const raw =
          pixelBytes === 0
            ? view.getFloat32(source + pixel * 4, true)
            : Math.fround(pixelAt(source + pixel * pixelBytes, pixelBytes))
        const less = Math.fround(raw - view.getFloat32(dark + pixel * 4, true))
        view.setFloat32(target + pixel * 4, Math.fround(less * view.getFloat32(flat + pixel * 4, true)), true)
      }
    },
    applyMask({ target, mask, bytes: count, pattern }) {
      for (let at = 0; at < count; at += 1) {
        const m = bytes[mask + at] ?? 0
        bytes[target + at] = ((bytes[pattern + (at & 15)] ?? 0) & m) | ((bytes[target + at] ?? 0) & ~m)
      }
    },
  }
}
