import { createReadStream } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { DaqError } from '../error.ts'
import type { PixelMask } from '../masks/applied-mask.ts'
import type { MaskImage } from '../masks/mask-file.ts'
import type { Daq } from '../service/daq.ts'
import { failed, ok, tableOf, type Reply } from './reply.ts'

/* Masks of the detector: the one in use, and those that are kept by name. As bytes: one a pixel, row by row, not zero = masked. */

/** As large as a mask of a detector can be. */
const mostBytes = 67_108_864

type NamePath = { Params: { name: string } }

/** Errors as everywhere else, with the code beside the message. */
async function answer(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work()
  } catch (error) {
    return error instanceof DaqError ? { ...failed(error), code: error.code } : failed(error)
  }
}

function sendMask(
  reply: FastifyReply,
  mask: MaskImage & { readonly name: string; readonly version?: number },
): FastifyReply {
  const { width, height, name, bytes, version } = mask
  if (version !== undefined) void reply.header('x-mask-version', String(version))
  return reply
    .header('cache-control', 'no-store')
    .header('content-type', 'application/octet-stream')
    .header('x-mask-shape', `${height},${width}`)
    .header('x-mask-name', encodeURIComponent(name))
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

function inUse(daq: Daq): Readonly<Record<string, unknown>> {
  const { name, pixels, version, bytes }: PixelMask = daq.mask
  return { name, pixels, version, is_from_file: bytes !== undefined && name === '' }
}

/** What a body says; of the size of the images. */
function maskOf(daq: Daq, body: unknown): MaskImage {
  const { width = 0, height = 0 } = daq.pipeline?.model ?? {}
  const bytes = Buffer.isBuffer(body) ? new Uint8Array(body) : new Uint8Array()
  if (bytes.length !== width * height)
    throw new DaqError({
      code: 'DAQ_REQUEST_REFUSED',
      message: `The mask has ${bytes.length} bytes, the images have ${width} x ${height} pixels.`,
      fault: 'caller',
      remedy: 'Send one byte a pixel, row by row.',
      key: 'body',
    })
  return { width, height, bytes: bytes.map((value) => (value === 0 ? 0 : 1)) }
}

export function addMaskRoutes(app: FastifyInstance, daq: Daq): void {
  /** 204 without a mask. */
  app.get('/daq/mask', (_request, reply) => {
    const { bytes, version, name } = daq.mask
    const { width = 0, height = 0 } = daq.pipeline?.model ?? {}
    if (bytes === undefined) return reply.header('x-mask-version', String(version)).code(204).send()
    return sendMask(reply, { bytes, width, height, name, version })
  })
  app.get('/daq/masks', () =>
    answer(async () => ok('Masks.', { in_use: inUse(daq), masks: await daq.masks.list() })),
  )
  app.get<NamePath>('/daq/masks/:name', async ({ params }, reply) => {
    const loaded = await answer(async () => ok('Mask.', { mask: await daq.masks.load(params.name) }))
    return loaded.status === 'ok' ? sendMask(reply, loaded['mask'] as MaskImage & { name: string }) : loaded
  })
  /** The HDF5 file itself. */
  app.get<NamePath>('/daq/masks/:name/file', async ({ params }, reply) => {
    const found = await answer(async () => ok('File.', { path: await daq.masks.file(params.name) }))
    if (found.status !== 'ok') return found
    return reply.header('content-type', 'application/x-hdf5').send(createReadStream(String(found['path'])))
  })
  app.delete<NamePath>('/daq/masks/:name', ({ params }) =>
    answer(async () => {
      await daq.masks.remove(params.name)
      return ok('Mask deleted.')
    }),
  )
  /** `{"name": NAME}` masks the following images, `{"name": null}` takes the mask of the configuration again. */
  app.post('/daq/mask/apply', ({ body }) =>
    answer(async () => {
      const { name } = tableOf(body)
      const mask = name === null ? undefined : await daq.masks.load(typeof name === 'string' ? name : '')
      await daq.applyMask(mask === undefined ? undefined : { ...mask, name: String(name) })
      return ok('Mask applied.', { in_use: inUse(daq) })
    }),
  )
  void app.register((bytes, _options, done) => {
    bytes.removeAllContentTypeParsers()
    bytes.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBytes }, (_request, body, parsed) =>
      parsed(null, body),
    )
    /** Keeps a mask; `?replace=1` in place of one of this name. */
    bytes.post<NamePath & { Querystring: { replace?: string } }>(
      '/daq/masks/:name',
      { bodyLimit: mostBytes },
      ({ params, query, body }) =>
        answer(async () => {
          const replace = query.replace === '1'
          return ok('Mask kept.', { mask: await daq.masks.save(params.name, maskOf(daq, body), { replace }) })
        }),
    )
    done()
  })
}
