import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PixelKernel } from '../../src/pixels/pixel-kernel.ts'
import { referenceKernel } from '../../src/pixels/reference-kernel.ts'
import { pixelKernel } from '../../src/pixels/simd-kernel.ts'

/** Runs a job in both kernels over the same random memory; whether all of it is equal afterwards. */
function areAlike(
  seed: number,
  prepare: (view: DataView) => void,
  run: (kernel: PixelKernel) => void,
): boolean {
  const results = [pixelKernel, referenceKernel].map((make) => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true })
    const words = new Uint32Array(memory.buffer)
    let state = seed >>> 0
    for (let at = 0; at < words.length; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      words[at] = state ^ (state >>> 13)
    }
    prepare(new DataView(memory.buffer))
    const kernel = make(memory)
    run(kernel)
    return { kind: kernel.kind, bytes: Buffer.from(new Uint8Array(memory.buffer)) }
  })
  const [simd, reference] = results
  const isPair = simd?.kind === 'simd' && reference?.kind === 'reference'
  return isPair && simd.bytes.equals(reference.bytes)
}

const seed = fc.nat()
const few = { numRuns: 15 }
const nothing = (): void => undefined
const source = 65_536
const target = 131_072
const far = 524_288

test('rows are copied alike, down, up and repeated', () => {
  const stride = fc.constantFrom(-1_030 * 2, 0, 100, 512, 2_048)
  fc.assert(
    fc.property(
      seed,
      fc.nat({ max: 16 }),
      fc.nat({ max: 2_000 }),
      stride,
      (from, rows, rowBytes, targetStride) => {
        expect(
          areAlike(from, nothing, (kernel) =>
            kernel.copyRows({ source, target: far, rows, rowBytes, sourceStride: rowBytes, targetStride }),
          ),
        ).toBe(true)
      },
    ),
    few,
  )
})

test('pixels of 1, 2 and 4 bytes are placed alike with any steps', () => {
  fc.assert(
    fc.property(seed, fc.constantFrom(1 as const, 2 as const, 4 as const), (from, pixelBytes) => {
      const job = { rows: 5, columns: 7, pixelBytes, sourceStride: 7 * pixelBytes }
      expect(
        areAlike(from, nothing, (kernel) =>
          kernel.stepPixels({
            source,
            target: far,
            ...job,
            rowStep: pixelBytes,
            columnStep: -64 * pixelBytes,
          }),
        ),
      ).toBe(true)
    }),
    few,
  )
})

test('12 and 4 bits are unpacked alike, for every even number of pixels', () => {
  fc.assert(
    fc.property(seed, fc.nat({ max: 600 }), (from, pairs) => {
      expect(
        areAlike(from, nothing, (kernel) => kernel.unpack12({ source, target, pixels: pairs * 2 })),
      ).toBe(true)
      expect(areAlike(from, nothing, (kernel) => kernel.unpack4({ source, target, pixels: pairs * 2 }))).toBe(
        true,
      )
    }),
    few,
  )
})

test('12-bit vectors of the contract', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
  const view = new Uint8Array(memory.buffer)
  view.set(Uint8Array.from([0x01, 0x22, 0x20, 0x03, 0x42, 0x20, 0x02, 0x36, 0x60, 0x04, 0x56, 0x60]), 64)
  for (const make of [pixelKernel, referenceKernel]) {
    make(memory).unpack12({ source: 64, target: 128, pixels: 8 })
    expect([...new Uint16Array(memory.buffer, 128, 8)]).toEqual([513, 514, 515, 516, 1538, 1539, 1540, 1541])
  }
})

test('JUNGFRAU pixels of all gains and all special values are converted alike', () => {
  const pixels = 2_048
  const plane = (index: number): number => 262_144 + index * pixels * 4
  fc.assert(
    fc.property(seed, fc.constantFrom(Number.NaN, 0), (from, error) => {
      expect(
        areAlike(
          from,
          (view) => {
            for (let code = 0; code < 4; code += 1) {
              view.setUint32(4_096 + code * 4, plane(code), true)
              view.setUint32(4_112 + code * 4, plane(4 + code), true)
            }
            for (let index = 0; index < 8; index += 1)
              for (let at = 0; at < pixels; at += 1)
                view.setFloat32(plane(index) + at * 4, (at * 7 + index * 131 + (from % 97)) / 3, true)
            for (const [at, value] of [0x4000, 0xc000, 0xffff, 0x8000, 0xbfff, 0, 0x3fff, 0x7fff].entries())
              view.setUint16(source + at * 2, value, true)
            // Half of the picture in the lowest gain: the fast way.
            for (let at = 1_000; at < pixels; at += 1) view.setUint16(source + at * 2, at % 0x4000, true)
          },
          (kernel) =>
            kernel.jungfrau({ source, target, pixels, table: 4_096, first: 0, error, saturated: Infinity }),
        ),
      ).toBe(true)
    }),
    few,
  )
})

test('dark images, flat fields and masks are applied alike', () => {
  const size = fc.constantFrom(1 as const, 2 as const, 4 as const)
  fc.assert(
    fc.property(seed, fc.nat({ max: 1_000 }), size, (from, pixels, pixelBytes) => {
      expect(
        areAlike(from, nothing, (kernel) =>
          kernel.subtractDark({ target, dark: source, pixels, pixelBytes }),
        ),
      ).toBe(true)
      const floats = (view: DataView): void => {
        for (let at = 0; at < 2_000; at += 1) view.setFloat32(262_144 + at * 4, at / 7, true)
      }
      const flat = { source, target: far, pixels, dark: 262_144, flat: 266_144 }
      expect(areAlike(from, floats, (kernel) => kernel.correctFlat({ ...flat, pixelBytes }))).toBe(true)
      const job = { target, mask: source, bytes: pixels * 4, pattern: 400_000 }
      expect(areAlike(from, nothing, (kernel) => kernel.applyMask(job))).toBe(true)
    }),
    few,
  )
})
