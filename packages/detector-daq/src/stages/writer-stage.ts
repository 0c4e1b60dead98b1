import { chownSync, statSync } from 'node:fs'
import { Pull, Push } from 'zeromq'
import type { ImageMetadata } from '../core/image-metadata.ts'
import { createRunFile, fileStatus, type FileLayout, type RunFile } from '../writer/run-file.ts'
import { Stage, type StageOptions } from './stage.ts'
import type { StageRing } from './stage-ring.ts'
import { ringOf } from './stream-stage.ts'
import { decodeWriterAction, encodeWriterResponse } from './writer-messages.ts'

/* std_det_writer and std_h5_writer: images of the ring into HDF5 files, as a driver says. */

/** One file after the other, with the images of a ring. */
class StageWriter {
  images = 0
  private readonly stage: Stage
  private readonly ring: StageRing
  private readonly layout: FileLayout
  private readonly pixels: Buffer
  private file: RunFile | undefined

  constructor(stage: Stage, layout: FileLayout, source: string) {
    this.stage = stage
    this.layout = layout
    this.pixels = Buffer.alloc(stage.model().imageBytes)
    this.ring = ringOf(stage, source)
  }

  create(path: string, options: { readonly images: number | undefined; readonly userId: number }): void {
    this.close()
    const { config } = this.stage
    const { width, height, pixelType } = this.stage.model()
    this.file = createRunFile({
      path,
      layout: this.layout,
      detector: config.detector_name,
      width,
      height,
      pixelType,
      images: options.images,
      compression: 'none',
      blockBytes: config.gpfs_block_size,
    })
    if (options.userId > 0 && process.geteuid?.() === 0) chownSync(path, options.userId, statSync(path).gid)
  }

  record(id: number, status: ImageMetadata['status']): void {
    if (this.file === undefined) throw new Error('no file is open')
    this.ring.read(id, this.pixels)
    this.file.write({ pixels: this.pixels, ids: [id], statuses: [fileStatus[this.layout][status]] })
    this.images += 1
  }

  close(): void {
    this.file?.finish()
    this.file = undefined
  }
}

/** Writer `index` of the driver; one that the configuration does not have ends at once. An open file is finished at the end. */
export async function detectorWriterStage(
  options: StageOptions & { readonly index: number; readonly source: string },
): Promise<void> {
  const stage = new Stage(options)
  if (options.index >= Math.max(1, stage.config.number_of_writers)) return
  const writer = new StageWriter(stage, 'f2', options.source)
  const answers = stage.keep(new Push({ linger: 0 }))
  await answers.bind(stage.address(`writer-${options.index}`))
  const actions = stage.keep(new Pull({ linger: 0, reconnectInterval: 50 }))
  actions.connect(stage.address(`driver-${options.index}`))
  let failure = ''
  stage.statistics(
    () => ({ source: options.source, id: options.index, n_written_images: writer.images }),
    () => writer.images,
  )
  const answer = (): Promise<void> =>
    answers.send(Buffer.from(encodeWriterResponse({ isSuccess: failure === '', reason: failure })))
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      // The first reason is the one that matters; it is told at the next answer.
      if (failure === '') failure = error instanceof Error ? error.message : String(error)
    }
  }
  try {
    await stage.each(actions, async ([bytes]) => {
      const action = bytes === undefined ? undefined : decodeWriterAction(bytes)
      switch (action?.kind) {
        case undefined:
          return
        case 'create':
          failure = ''
          attempt(() => writer.create(action.path, { images: undefined, userId: action.writerId }))
          return await answer()
        case 'record':
          return attempt(() => writer.record(action.metadata.image_id, action.metadata.status))
        case 'confirm':
          return await answer()
        case 'close':
          attempt(() => writer.close())
          return await answer()
      }
    })
  } finally {
    writer.close()
  }
}

interface StoreMessage {
  readonly file: string
  readonly images: number
  readonly userId: number
  readonly id: number
  readonly index: number
}

/** A message of the StoreStream (daq contract 7.1). */
function storeMessage(bytes: Uint8Array): StoreMessage | undefined {
  let table: Readonly<Record<string, unknown>>
  try {
    table = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
  const number = (key: string): number => Number(table[key] ?? 0)
  const file = table['output_file']
  const message = {
    images: number('n_images'),
    userId: number('user_id'),
    id: number('image_id'),
    index: number('i_image'),
  }
  const isSound = Object.values(message).every((value) => Number.isSafeInteger(value))
  return typeof file === 'string' && isSound ? { file, ...message } : undefined
}

/** std_h5_writer: obeys the StoreStream of a writer agent. */
export async function h5WriterStage(options: StageOptions): Promise<void> {
  const stage = new Stage(options)
  const writer = new StageWriter(stage, 'f1', 'image')
  let failed = 0
  stage.statistics(
    () => ({ n_failed_images: failed }),
    () => writer.images,
  )
  const obey = (message: StoreMessage): void => {
    if (message.index >= message.images) return writer.close()
    if (message.index === 0) writer.create(message.file, { images: message.images, userId: message.userId })
    writer.record(message.id, 'good_image')
  }
  try {
    await stage.each(stage.subscriber(stage.address('writer_agent', 'std-daq-')), ([bytes]) => {
      const message = bytes === undefined ? undefined : storeMessage(bytes)
      if (message === undefined) return
      try {
        obey(message)
      } catch (error) {
        failed += 1
        options.onStatistics(`error ${error instanceof Error ? error.message : String(error)}`)
      }
    })
  } finally {
    writer.close()
  }
}
