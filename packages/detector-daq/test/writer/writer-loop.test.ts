import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createHdf5Reader } from '@beamtime/hdf5'
import { tempDir } from '@beamtime/service-kit/testing'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { detectorModel } from '../../src/core/detector-model.ts'
import { descriptor, endOfRun } from '../../src/ring/descriptor.ts'
import { descriptorWords } from '../../src/ring/descriptor-queue.ts'
import { createSharedMemory, openShared, slotPixels } from '../../src/ring/shared-state.ts'
import { createRunFile, type RunFileSpec } from '../../src/writer/run-file.ts'
import type { WriterMessage } from '../../src/writer/writer-data.ts'
import { WriterLoop } from '../../src/writer/writer-loop.ts'
import { jungfrau } from '../pipeline/detectors.ts'

const config = { ...jungfrau, image_pixel_height: 512, n_modules: 1, module_positions: {} }
const model = detectorModel(config)
const reader = createHdf5Reader()
afterAll(() => reader.close())
let folder: ReturnType<typeof tempDir>
beforeEach(() => (folder = tempDir()))
afterEach(() => folder.close())

/** Does not become smaller by compression. */
const noise = Uint16Array.from(
  { length: model.imageBytes / 2 },
  (_, at) => Math.imul(at, 2_654_435_761) >>> 13,
)

/** A writer over a ring of 16 images, without threads. The first pixel of image `id` is its id. */
function writer(openFile: typeof createRunFile = createRunFile) {
  const shared = createSharedMemory({
    model,
    receivers: 1,
    writers: 1,
    compressed: false,
    ringBytes: 1,
    corrections: { dark: false, flat: false, mask: false },
  })
  const parts = openShared(shared)
  const queue = parts.writerQueue(0)
  const messages: WriterMessage[] = []
  const loop = new WriterLoop({
    shared,
    writer: 0,
    imageBytes: model.imageBytes,
    tell: (message) => void messages.push(message),
    openFile,
  })
  const entry = new Float64Array(descriptorWords)
  return {
    slots: shared.plan.slots,
    messages,
    loop,
    parts,
    create: (path: string, more: Partial<RunFileSpec> = {}): void =>
      loop.command({
        kind: 'create',
        run: 1,
        spec: {
          path,
          layout: 'f1',
          detector: 'det',
          width: 1024,
          height: 512,
          pixelType: 'u16',
          images: 100,
          compression: 'none',
          blockBytes: 16_777_216,
          ...more,
        },
      }),
    image: (id: number): void => {
      parts.slots.claim(id, 0)
      const { buffer, byteOffset } = slotPixels(shared, id, model)
      const pixels = new Uint16Array(buffer, byteOffset, model.imageBytes / 2)
      pixels.set(noise)
      pixels[0] = id
      parts.slots.publish(id, 0)
    },
    queueImage: (id: number): void => {
      entry[descriptor.image] = id
      entry[descriptor.generation] = 0
      entry[descriptor.index] = 0
      queue.push(entry)
    },
    end: (): void => {
      entry[descriptor.index] = endOfRun
      queue.push(entry)
    },
  }
}

async function firstPixels(path: string): Promise<readonly number[]> {
  const values = await reader.read(path, '/det/data', [{}, 0, 0])
  return values.kind === 'numbers' ? Array.from(values.data, Number) : []
}

test('images go to the file in their order, and the end of the run closes it', async () => {
  const { create, image, queueImage, end, loop, messages } = writer()
  const path = join(folder.path, 'run.h5')
  create(path)
  for (const id of [1, 2, 3, 15, 16]) {
    image(id)
    queueImage(id)
  }
  end()
  loop.drain(0)
  expect(messages).toEqual([
    { kind: 'created', run: 1, path },
    { kind: 'closed', run: 1, images: 5, path },
  ])
  expect(await firstPixels(path)).toEqual([1, 2, 3, 15, 16])
})

test('an image that was overwritten before it was written ends the run with the reason, and is not in the file', async () => {
  const { create, image, queueImage, end, loop, messages, slots } = writer()
  const path = join(folder.path, 'run.h5')
  create(path)
  image(5)
  queueImage(5)
  loop.drain(0)
  image(6)
  queueImage(6)
  image(6 + slots)
  loop.drain(0)
  expect(messages.at(-1)).toEqual({
    kind: 'failed',
    run: 1,
    reason: `image 6 was overwritten in slot 6 of the ring before it was written: 1 images wait for this writer and the ring holds ${slots}. Raise ram_buffer_gb, write to a faster disk or take more writers.`,
  })
  queueImage(6 + slots)
  end()
  loop.drain(0)
  expect(messages.at(-1)).toMatchObject({ kind: 'closed', images: 1 })
  expect(await firstPixels(path)).toEqual([5])
})

test.each(['claimed for a newer image', 'spoilt by a module that lagged'])(
  'an image whose slot was %s while it was written is taken back',
  async (how) => {
    const parts: ReturnType<typeof writer>[] = []
    const made = writer((spec, workspace) => {
      const file = createRunFile(spec, workspace)
      return {
        path: file.path,
        get images() {
          return file.images
        },
        setDirect: (isDirect) => file.setDirect(isDirect),
        forget: (images) => file.forget(images),
        finish: () => file.finish(),
        // The disk takes so long that the ring comes round.
        write: (batch) => {
          file.write(batch)
          if (!batch.ids.includes(7)) return
          const { slots } = parts[0]?.parts ?? made.parts
          if (how.startsWith('claimed')) slots.claim(7 + made.slots, 0)
          else slots.spoil(slots.slotOf(7))
        },
      }
    })
    parts.push(made)
    const path = join(folder.path, 'run.h5')
    made.create(path)
    for (const id of [6, 7]) {
      made.image(id)
      made.queueImage(id)
      made.loop.drain(0)
    }
    expect(made.messages.at(-1)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('image 7 was overwritten') as string,
    })
    made.end()
    made.loop.drain(0)
    expect(await firstPixels(path)).toEqual([6])
  },
)

const isRoot = process.getuid?.() === 0

test.runIf(isRoot).each(['none', 'bslz4'] as const)(
  'a full disk ends the run and what was written stays readable (%s) [needs root for a small file system]',
  async (compression) => {
    const disk = join(folder.path, 'small')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk])
    try {
      const { create, image, queueImage, end, loop, messages, parts } = writer()
      const path = join(disk, 'run.h5')
      create(path, { compression, images: 100 })
      for (let id = 1; id <= 2_000 && messages.at(-1)?.kind !== 'failed'; id += 1) {
        image(id)
        queueImage(id)
        loop.drain(0)
      }
      const failed = messages.at(-1)
      expect(failed).toMatchObject({
        kind: 'failed',
        reason: expect.stringMatching(/ENOSPC|no space/) as string,
      })
      end()
      loop.drain(0)
      const { images } = parts.counters.writer(0)
      expect(messages.at(-1)).toMatchObject({ kind: 'closed', images })
      expect(images).toBeGreaterThan(3)
      expect(await firstPixels(path)).toEqual(Array.from({ length: images }, (_, at) => at + 1))
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 1_100)) // the reader lets go of the file
      await reader.entity(join(folder.path, 'none.h5'), '/').catch(() => undefined)
      execFileSync('umount', ['-l', disk])
    }
  },
)

test('a folder that is removed while it is written to ends the run', () => {
  const { create, image, queueImage, loop, messages } = writer()
  const gone = join(folder.path, 'gone')
  mkdirSync(gone)
  const path = join(gone, 'run.h5')
  create(path)
  image(1)
  queueImage(1)
  loop.drain(5_000)
  rmSync(gone, { recursive: true })
  loop.drain(6_500)
  expect(messages.at(-1)).toEqual({
    kind: 'failed',
    run: 1,
    reason: `${path} was removed or replaced while it was written`,
  })
})

test('a folder that is not there fails the run before it begins', () => {
  const { create, messages } = writer()
  create(join(folder.path, 'nowhere', 'run.h5'))
  expect(messages).toMatchObject([{ kind: 'failed', reason: expect.stringContaining('ENOENT') as string }])
})

test('a writer that is far behind writes through the page cache, one that keeps up past it', () => {
  const direct: boolean[] = []
  const made = writer((spec, workspace) => {
    const file = createRunFile(spec, workspace)
    return {
      path: file.path,
      get images() {
        return file.images
      },
      setDirect: (isDirect) => direct.push(isDirect),
      forget: (images) => file.forget(images),
      finish: () => file.finish(),
      write: (batch) => file.write(batch),
    }
  })
  made.create(join(folder.path, 'behind.h5'))
  for (let id = 1; id < made.slots; id += 1) {
    made.image(id)
    made.queueImage(id)
  }
  made.loop.drain(0)
  made.end()
  made.loop.drain(0)
  expect(direct[0]).toBe(false)
  expect(direct.at(-1)).toBe(true)
})
