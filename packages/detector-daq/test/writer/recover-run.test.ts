import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHdf5Reader } from '@beamtime/hdf5'
import { tempDir } from '@beamtime/service-kit/testing'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { recoverRun } from '../../src/writer/recover-run.ts'
import { createRunFile, type FileLayout } from '../../src/writer/run-file.ts'
import { journalPath, readRunJournal } from '../../src/writer/run-journal.ts'

const reader = createHdf5Reader()
afterAll(() => reader.close())
let folder: ReturnType<typeof tempDir>
beforeEach(() => (folder = tempDir()))
afterEach(() => folder.close())

const width = 40
const height = 30

function pixels(image: number): Uint8Array {
  return new Uint8Array(
    Uint16Array.from({ length: width * height }, (_, at) => image * 1_000 + (at % 700)).buffer,
  )
}

/** A file of ten images, as it lies on the disk before its end: a copy with its journal. */
function interrupted(layout: FileLayout, compression: 'none' | 'bslz4'): string {
  const path = join(folder.path, 'run.h5')
  const file = createRunFile({
    path,
    layout,
    detector: 'det',
    width,
    height,
    pixelType: 'u16',
    images: 50,
    compression,
    blockBytes: 8_192,
  })
  for (let image = 0; image < 10; image += 2)
    file.write({
      pixels: Buffer.concat([pixels(image), pixels(image + 1)]),
      ids: [100 + image, 101 + image],
      statuses: [1, 2],
    })
  const broken = join(folder.path, 'broken.h5')
  copyFileSync(path, broken)
  copyFileSync(journalPath(path), journalPath(broken))
  file.finish()
  expect(existsSync(journalPath(path))).toBe(false)
  return broken
}

const kinds = [
  ['f1', 'none'],
  ['f2', 'none'],
  ['nexus', 'none'],
  ['f1', 'bslz4'],
  ['f2', 'bslz4'],
] as const

test.each(kinds)(
  'a %s file (%s) is made whole from its journal when its index is lost',
  async (layout, compression) => {
    const broken = interrupted(layout, compression)
    // All metadata at the front of the file is gone.
    const first = Math.min(...readRunJournal(journalPath(broken)).rows.map(({ at }) => at))
    const bytes = readFileSync(broken)
    bytes.fill(0, 0, first)
    writeFileSync(broken, bytes)
    const target = join(folder.path, 'whole.h5')
    expect(recoverRun(broken, target)).toEqual({ path: target, images: 10, lost: 0 })
    expect(await reader.entity(target, '/det/data')).toMatchObject({ shape: [10, height, width] })
    for (const image of [0, 5, 9]) {
      const values = await reader.read(target, '/det/data', [image])
      if (values.kind !== 'numbers') throw new Error('no numbers')
      expect(Buffer.from(values.data.buffer).equals(Buffer.from(pixels(image)))).toBe(true)
    }
    const ids =
      layout === 'f1'
        ? await reader.read(target, '/det/image_id', [9])
        : await reader.read(target, '/det/metadata', [9])
    expect(ids.kind === 'numbers' ? ids.data[0] : ids.kind === 'values' ? ids.data[0] : undefined).toEqual(
      layout === 'f1' ? 109n : [109n, 2n],
    )
  },
)

test('images whose bytes were never on the disk are counted, the others are kept', () => {
  const broken = interrupted('f2', 'bslz4')
  const { rows } = readRunJournal(journalPath(broken))
  truncateSync(broken, (rows[7]?.at ?? 0) + 20)
  expect(recoverRun(broken, join(folder.path, 'whole.h5'))).toMatchObject({ images: 7, lost: 3 })
})

test('a file without a journal, or with any bytes for one, is refused or recovered, never worse', () => {
  expect(() => recoverRun(join(folder.path, 'none.h5'), join(folder.path, 'o.h5'))).toThrow(
    'DAQ_REQUEST_REFUSED',
  )
  const broken = interrupted('f1', 'none')
  const journal = readFileSync(journalPath(broken))
  let made = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(journal.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(journal)
      for (const [at, value] of changes) bytes[at] = value
      writeFileSync(journalPath(broken), bytes)
      made += 1
      try {
        const { images, lost } = recoverRun(broken, join(folder.path, `made${made}.h5`))
        expect(images + lost).toBe(10)
      } catch (error) {
        expect(String(error)).toMatch(/DAQ_REQUEST_REFUSED|HDF5_/)
      }
    }),
    { numRuns: 60 },
  )
})
