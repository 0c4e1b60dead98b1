import { createHdf5Reader, type Hdf5Reader, type Values } from '@beamtime/hdf5'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { pixelTypeName } from '../core/array-header.ts'
import { DaqError } from '../error.ts'
import type { Daq } from '../service/daq.ts'

/* Images for the control room, raw and little endian, described by headers: the newest one, one that is still in the ring, one of a
 * file. */

interface RawImage {
  readonly id: number
  readonly width: number
  readonly height: number
  /** NumPy name. */
  readonly type: string
  readonly bytes: Uint8Array
  /** Unix ms; unknown of images of the past. */
  readonly atMs?: number
}

function sendImage(reply: FastifyReply, daq: Daq, image: RawImage): FastifyReply {
  const { id, width, height, type, bytes, atMs } = image
  if (atMs !== undefined) void reply.header('x-image-time-ms', String(atMs))
  return reply
    .header('content-type', 'application/octet-stream')
    .header('cache-control', 'no-store')
    .header('x-image-id', String(id))
    .header('x-image-shape', `${height},${width}`)
    .header('x-image-type', type)
    .header('x-mask-version', String(daq.mask.version))
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** From the ring; undefined when there is none, or none any more. */
function ringImage(daq: Daq, id: number | undefined): RawImage | undefined {
  const { pipeline } = daq
  const image = id === undefined ? pipeline?.latestImage() : pipeline?.heldImage(id)
  if (pipeline === undefined || image === undefined) return undefined
  const { height, width, pixelType } = pipeline.model
  const { pixels, ...rest } = image
  return { ...rest, width, height, type: pixelTypeName(pixelType), bytes: pixels }
}

const elementNames = {
  Uint8Array: 'uint8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  Float32Array: 'float32',
  Float64Array: 'float64',
} as const

function isElementName(name: string): name is keyof typeof elementNames {
  return Object.hasOwn(elementNames, name)
}

function refused(message: string): DaqError {
  return new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message,
    fault: 'caller',
    remedy: 'Take an id of /daq/logs and an image that its file has.',
  })
}

function imageOf(values: Values, index: number): RawImage {
  const [height = 0, width = 0] = values.shape ?? []
  if (values.kind === 'numbers') {
    const name = values.data[Symbol.toStringTag]
    const { buffer, byteOffset, byteLength } = values.data
    if (isElementName(name))
      return {
        id: index,
        width,
        height,
        type: elementNames[name],
        bytes: new Uint8Array(buffer, byteOffset, byteLength),
      }
  }
  throw refused('This file holds no images that can be shown.')
}

/** An image of a file that this service wrote, a growing one included. Rejects with DAQ_REQUEST_REFUSED, Hdf5Error. */
async function recordedImage(
  daq: Daq,
  reader: Hdf5Reader,
  place: { readonly log: string; readonly index: number },
): Promise<RawImage> {
  const { log, index } = place
  const file =
    log === 'current'
      ? daq.control.acquisition?.info.output_file
      : daq.history.find(log)?.acquisition.info.output_file
  if (file === undefined) throw refused(`There is no acquisition ${log}.`)
  if (!Number.isSafeInteger(index) || index < 0) throw refused(`${place.index} is no number of an image.`)
  return imageOf(await reader.read(file, `/${daq.config.detector_name}/data`, [index]), index)
}

export function addImageRoutes(app: FastifyInstance, daq: Daq): void {
  const reader = createHdf5Reader({ maxOpenFiles: 2 })
  app.addHook('onClose', () => reader.close())
  /** The newest image, or the one that `id` names. 204 where there is none, and while the newest one is the one that `after` names. */
  app.get<{ Querystring: { after?: string; id?: string } }>('/daq/image', ({ query }, reply) => {
    const { after, id } = query
    const isKnown = after !== undefined && Number(after) === daq.pipeline?.counters.images().lastId
    const image = isKnown ? undefined : ringImage(daq, id === undefined ? undefined : Number(id))
    return image === undefined ? reply.code(204).send() : sendImage(reply, daq, image)
  })
  app.get<{ Params: { log: string; index: string } }>(
    '/daq/recorded/:log/:index',
    async ({ params }, reply) => {
      const place = { log: params.log, index: Number(params.index) }
      return sendImage(reply, daq, await recordedImage(daq, reader, place))
    },
  )
}
