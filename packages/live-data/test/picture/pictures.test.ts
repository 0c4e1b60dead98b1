import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { silentLogger } from '@beamtime/service-kit'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { encodePng } from '../../src/picture/png.ts'
import { newRaster } from '../../src/picture/raster.ts'
import { resultPicture } from '../../src/picture/result-picture.ts'
import { linearScale, logScale } from '../../src/picture/scale.ts'
import { timeScale } from '../../src/picture/time-scale.ts'
import { pngSink } from '../../src/service/png-sink.ts'
import { resultMessages } from '../../src/core/jobs/result-message.ts'
import { driver, events } from '../core/core-driver.part.ts'

/** Chunks of a PNG with their checksums verified. */
function chunksOf(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png)
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(bytes.subarray(at + 4, at + 8 + length)))
    chunks.set(name, bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  return chunks
}

test('a picture is a PNG of its size whose rows decode', async () => {
  const raster = newRaster(5, 3, 7)
  const chunks = chunksOf(await encodePng(raster, { Title: 'Å µs' }))
  expect(chunks.get('IHDR')?.readUInt32BE(0)).toBe(5)
  expect(chunks.get('PLTE')?.length).toBeGreaterThan(600)
  expect([...inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))]).toEqual([
    0, 7, 7, 7, 7, 7, 0, 7, 7, 7, 7, 7, 0, 7, 7, 7, 7, 7,
  ])
  expect(chunks.get('iTXt')?.toString('utf8')).toContain('Å µs')
})

test('marks of axes lie inside, rise, and are few', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      const [min, max] = a < b ? [a, b] : [b, a]
      for (const scale of [
        linearScale(min, max),
        timeScale(min, max),
        ...(min > 0 ? [logScale(min, max)] : []),
      ]) {
        expect(scale.marks.length).toBeLessThanOrEqual(50)
        scale.marks.forEach(({ value }, at) => {
          expect(value).toBeGreaterThanOrEqual(
            scale.min - (scale.max - scale.min) * 1e-6 - Math.abs(scale.min) * 1e-9 - 1e-300,
          )
          if (at > 0) expect(value).toBeGreaterThan(scale.marks[at - 1]?.value ?? Infinity)
        })
      }
    }),
  )
})

test('whatever numbers a result has, a picture of it is drawn', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e300, Number.NaN, Infinity))
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
      fc.infiniteStream(value),
      fc.boolean(),
      (shape, stream, isBinned) => {
        const length = shape.reduce((all, each) => all * each, 1)
        const take = (count: number): Float64Array =>
          Float64Array.from({ length: count }, () => stream.next().value as number)
        const dims = shape.map((_, axis) => `dim_${axis}`)
        const coords = Object.fromEntries(
          shape.map((size, axis) => {
            const values = take(size + (isBinned ? 1 : 0))
            return [`dim_${axis}`, { dims: [`dim_${axis}`], shape: [values.length], unit: 'mm', values }]
          }),
        )
        const array = { label: 'Any', signal: { dims, shape, unit: 'counts', values: take(length) }, coords }
        const raster = resultPicture(
          { title: 'T', subtitle: 'S' },
          { array, history: [{ timeMs: Number.NaN, value: 1 }] },
        )
        expect(raster.pixels.length).toBe(800 * 560)
      },
    ),
    { numRuns: 50 },
  )
})

test('each output becomes a file that is replaced as a whole', async () => {
  const folder = tempDir()
  const service = driver('dummy', 'monitor_data')
  service.start('monitor_histogram', 'monitor1')
  service.run(3, (timeNs) => [['dummy_beam_monitor', events('monitor1', timeNs, [1_000_000])]])
  const [job] = service.core.all()
  const sink = pngSink({ directory: folder.path, log: silentLogger })
  const names = ['cumulative', 'counts_total']
  if (job === undefined) throw new Error('no job')
  const batch = { startNs: 1_700_000_000_000_000_000n, endNs: 1_700_000_001_000_000_000n }
  for (let k = 0; k < 20; k++) {
    const outputs = names.map((name) => ({
      name,
      array: {
        label: name,
        signal: { dims: [], shape: [], unit: 'counts', values: Float64Array.of(k) },
        coords: {},
      },
    }))
    for (const message of resultMessages(
      { job, outputs, jobStartNs: 1n, batch },
      { nicosDevices: [], dialect: 'C' },
    ))
      sink.accept(message)
  }
  await sink.close()
  const files = await waitFor(() => readdirSync(folder.path).toSorted((a, b) => (a < b ? -1 : 1)))
  expect(files).toEqual([
    'monitor_histogram_monitor1_counts_total.png',
    'monitor_histogram_monitor1_cumulative.png',
  ])
  for (const file of files) expect(chunksOf(readFileSync(join(folder.path, file))).has('IEND')).toBe(true)
  await folder.close()
})
