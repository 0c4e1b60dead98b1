import type { FastifyInstance, FastifyReply } from 'fastify'
import { createHdf5Reader, type Hdf5Reader } from '@beamtime/hdf5'
import { PassThrough } from 'node:stream'
import { pixelTypeName } from '../core/array-header.ts'
import { DaqError } from '../error.ts'
import { encodeJpeg, type RgbPicture } from '../picture/jpeg.ts'
import { emptyPreview, pixelValues, preview, previewHeight, previewWidth } from '../picture/preview.ts'
import { drawFrame, drawText } from '../picture/text.ts'
import type { Daq } from '../service/daq.ts'
import { answer, ok } from './reply.ts'

/* Pictures for people: the newest image as MJPEG, images of written files as JPEG (daq contract 10.3). */

const frameMs = 200
/** Viewers at a time; each costs an encoded picture five times a second. */
const mostViewers = 16
const staleMs = 2_000

function livePicture(daq: Daq): RgbPicture {
  const { pipeline } = daq
  const image = pipeline?.latestImage()
  if (pipeline === undefined || image === undefined || Date.now() - image.atMs > staleMs) {
    const picture = emptyPreview()
    drawText(picture, 'No data', { x: 300, y: 280, scale: 5 })
    return picture
  }
  const { width, height, pixelType } = pipeline.model
  const picture = preview({ width, height, values: pixelValues(image.pixels, pixelType) })
  drawText(picture, `${daq.config.detector_name} ${width}x${height} ${pixelTypeName(pixelType)}`, {
    x: 10,
    y: 10,
    scale: 2,
  })
  drawText(picture, `image ${image.id}  ${daq.rates.detector.images_per_second.toFixed(1)} Hz`, {
    x: 10,
    y: 30,
    scale: 2,
  })
  return picture
}

function drawModules(picture: RgbPicture, daq: Daq): void {
  const { image_pixel_width: width, image_pixel_height: height, module_positions: positions } = daq.config
  for (const [module, [x0, y0, x1, y1]] of Object.entries(positions)) {
    const left = Math.floor((Math.min(x0, x1) * previewWidth) / width)
    const right = Math.floor((Math.max(x0, x1) * previewWidth) / width)
    // The first row is at the bottom.
    const top = previewHeight - 1 - Math.floor((Math.max(y0, y1) * previewHeight) / height)
    const bottom = previewHeight - 1 - Math.floor((Math.min(y0, y1) * previewHeight) / height)
    drawFrame(picture, { left, right, top, bottom })
    drawText(picture, module, { x: left + 4, y: top + 4, scale: 2 })
  }
}

function unknownLog(id: string): DaqError {
  return new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message: `There is no acquisition ${id}.`,
    fault: 'caller',
    remedy: 'Take an id of /daq/logs.',
  })
}

function fileOf(daq: Daq, logId: string): string {
  const entry = daq.history.find(logId)
  if (entry === undefined) throw unknownLog(logId)
  return entry.acquisition.info.output_file
}

async function describe(
  daq: Daq,
  reader: Hdf5Reader,
  logId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const path = fileOf(daq, logId)
  const dataset = `/${daq.config.detector_name}/data`
  const entity = await reader.entity(path, dataset)
  if (entity.kind !== 'dataset') throw unknownLog(logId)
  const [images = 0, height = 0, width = 0] = entity.shape ?? []
  const { stat } = await import('node:fs/promises')
  const kind = entity.type.class === 1 ? 'float' : 'uint'
  return {
    filename: path,
    file_size: (await stat(path)).size,
    log_id: logId,
    dataset_name: dataset.slice(1),
    n_images: images,
    image_pixel_height: height,
    image_pixel_width: width,
    dtype: `${kind}${entity.type.size * 8}`,
  }
}

async function filePicture(
  daq: Daq,
  reader: Hdf5Reader,
  place: { readonly logId: string; readonly image: string },
): Promise<RgbPicture> {
  const index = Number(place.image)
  if (!Number.isInteger(index) || index < 0) throw unknownLog(`${place.logId}/${place.image}`)
  const path = fileOf(daq, place.logId)
  const values = await reader.read(path, `/${daq.config.detector_name}/data`, [index])
  const [height = 0, width = 0] = values.shape ?? []
  if (values.kind !== 'numbers') throw unknownLog(place.logId)
  const numbers =
    values.data instanceof BigUint64Array || values.data instanceof BigInt64Array ? [] : values.data
  const picture = preview({ width, height, values: numbers })
  drawText(picture, `image ${index}`, { x: 10, y: 10, scale: 2 })
  return picture
}

function sendJpeg(reply: FastifyReply, picture: RgbPicture): FastifyReply {
  return reply
    .header('content-type', 'image/jpeg')
    .header('cache-control', 'no-store')
    .send(Buffer.from(encodeJpeg(picture)))
}

/** The newest image as a stream of pictures; drawn once for all who look. */
class LivePictures {
  private readonly viewers = new Set<PassThrough>()
  private timer: NodeJS.Timeout | undefined
  private readonly daq: Daq

  constructor(daq: Daq) {
    this.daq = daq
  }

  get isFull(): boolean {
    return this.viewers.size >= mostViewers
  }

  add(viewer: PassThrough): void {
    this.viewers.add(viewer)
    this.show([viewer])
    this.timer ??= setTimeout(() => this.next(), frameMs)
  }

  remove(viewer: PassThrough): void {
    this.viewers.delete(viewer)
    viewer.destroy()
    if (this.viewers.size > 0 || this.timer === undefined) return
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** Drawing takes a quarter of this thread's time at most. */
  private next(): void {
    const started = performance.now()
    this.show(this.viewers)
    const tookMs = performance.now() - started
    this.timer = setTimeout(() => this.next(), Math.max(frameMs - tookMs, 3 * tookMs))
  }

  private show(viewers: Iterable<PassThrough>): void {
    const jpeg = encodeJpeg(livePicture(this.daq), 70)
    const head = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`
    for (const viewer of viewers) {
      // Who does not keep up misses pictures.
      if (viewer.writableNeedDrain) continue
      viewer.write(head)
      viewer.write(jpeg)
      viewer.write('\r\n')
    }
  }
}

export function addPictureRoutes(app: FastifyInstance, daq: Daq): void {
  const reader = createHdf5Reader()
  const live = new LivePictures(daq)
  app.addHook('onClose', () => reader.close())
  app.get('/daq/live', (_request, reply) => {
    if (live.isFull) return reply.code(503).send({ status: 'error', message: 'Too many viewers.' })
    const out = new PassThrough({ highWaterMark: 1_048_576 })
    reply.raw.once('close', () => live.remove(out))
    live.add(out)
    return reply
      .header('content-type', 'multipart/x-mixed-replace; boundary=frame')
      .header('cache-control', 'no-store')
      .send(out)
  })
  app.get<{ Params: { id: string } }>('/file/:id', ({ params }) =>
    answer(async () => ok('File metadata.', { file_metadata: await describe(daq, reader, params.id) })),
  )
  for (const route of ['/file/:id/:image', '/file/:id/image/:image'])
    app.get<{ Params: { id: string; image: string }; Querystring: { module_map?: string } }>(
      route,
      async ({ params, query }, reply) => {
        const isLive = params.id === 'live'
        const picture = isLive
          ? emptyPreview()
          : await filePicture(daq, reader, { logId: params.id, image: params.image })
        if (isLive || query.module_map === '1') drawModules(picture, daq)
        return sendJpeg(reply, picture)
      },
    )
}
