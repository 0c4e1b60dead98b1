import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { DetectorAddress } from '../detectors/detector-watch.ts'
import { newestImage, pastImage } from '../detectors/image-source.ts'
import { maskClient, type MaskClient } from '../detectors/mask-client.ts'
import { ThresholdMarks, type PixelBounds } from '../detectors/pixel-threshold.ts'
import { badBody, badRequest, notFound, unavailable } from '../error.ts'
import { auditRequest } from '../http/audit-request.ts'
import { ForeignBody, objectBody } from '../http/body.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { KeptMask, MaskInUse, MasksAnswer } from '../ui-types.ts'
import type { DetectorParts } from './detectors.ts'
import { flagOf, integerOf, textOf, type Query } from './query.ts'

interface Asked {
  Params: { readonly id: string }
  Querystring: Query
}

const reading = { scopes: ['read:monitor'] } as const
const writing = { scopes: ['write:config'] } as const
const tags = ['detectors']
/** Images that a threshold is held against. */
const mostImages = 32
const imageWithinMs = 5_000

/** Masks of the detectors: kept by name, applied, and made of the values of images. */
export function detectorMaskRoutes({
  detectors,
  audit,
}: {
  readonly detectors: DetectorParts
  readonly audit: AuditLog
}) {
  const addressOf = (id: string): DetectorAddress => {
    const found = detectors.addresses.find((one) => one.id === id)
    if (found === undefined) throw notFound(`There is no detector '${id}'.`)
    return found
  }
  const masksOf = (id: string): MaskClient => maskClient(id, addressOf(id).url)
  /** Does it and notes it, also when it is refused. */
  const noted = async <T>(
    request: FastifyRequest<Asked>,
    what: { readonly action: string; readonly name: string },
    act: (masks: MaskClient) => Promise<T>,
  ): Promise<T> => {
    const method = `detector_mask_${what.action} ${request.params.id}`
    try {
      const result = await act(masksOf(request.params.id))
      auditRequest(audit, request, { method, ok: true, msg: what.name })
      return result
    } catch (error) {
      auditRequest(audit, request, { method, ok: false, msg: error instanceof Error ? error.message : '' })
      throw error
    }
  }
  return async (app: FastifyInstance): Promise<void> => {
    app.get<Asked>(
      '/detectors/:id/masks',
      { config: reading, schema: { summary: 'Masks that are kept, and the one in use.', tags } },
      async ({ params }): Promise<MasksAnswer> => await masksOf(params.id).list(),
    )
    app.get<Asked>(
      '/detectors/:id/mask',
      {
        config: reading,
        schema: {
          summary:
            'A mask, one byte a pixel; without `name` the one in use, 204 when there is none. `format=h5`: its HDF5 file.',
          tags,
        },
      },
      async ({ params, query }, reply) => {
        const name = textOf(query, 'name') ?? ''
        if (textOf(query, 'format') === 'h5') {
          const file = Buffer.from(await masksOf(params.id).file(name))
          const attached = `attachment; filename="${params.id}-${name.replaceAll(/[^\w.-]/g, '_')}.h5"`
          return await reply.header('content-disposition', attached).type('application/x-hdf5').send(file)
        }
        const mask = await masksOf(params.id).load(name)
        if (mask === null) return await reply.code(204).send()
        return await reply
          .header('x-mask-shape', `${mask.height},${mask.width}`)
          .type('application/octet-stream')
          .send(Buffer.from(mask.bytes.buffer, mask.bytes.byteOffset, mask.bytes.byteLength))
      },
    )
    app.get<Asked>(
      '/detectors/:id/mask/threshold',
      {
        config: reading,
        schema: {
          summary: 'Pixels that all of some images have below `below` or above `above`: one byte a pixel.',
          tags,
        },
      },
      async ({ params, query }, reply) => {
        const marks = await thresholdMarks(addressOf(params.id), query)
        return await reply
          .header('x-mask-shape', marks.size)
          .type('application/octet-stream')
          .send(Buffer.from(marks.marks.buffer))
      },
    )
    app.post<Asked>(
      '/detectors/:id/mask',
      {
        config: writing,
        schema: {
          summary:
            'Keeps a mask as `name`; the body is one byte a pixel. `replace=1`: also over one there is.',
          tags,
        },
      },
      async (request): Promise<KeptMask> => {
        const { query, body } = request
        const name = nameOf(query)
        if (!(body instanceof ForeignBody))
          throw badBody('A mask is a body of type application/octet-stream with one byte a pixel.')
        return await noted(request, { action: 'save', name }, (masks) =>
          masks.save(name, body.bytes, { replace: flagOf(query, 'replace') }),
        )
      },
    )
    app.post<Asked>(
      '/detectors/:id/mask/apply',
      {
        config: writing,
        schema: { summary: 'Masks the following images; `name` null: as the configuration says.', tags },
      },
      async (request): Promise<MaskInUse> => {
        const { name } = objectBody(request.body)
        if (typeof name !== 'string' && name !== null)
          throw badBody('name is the name of a mask, or null', ['body', 'name'])
        return await noted(request, { action: 'apply', name: name ?? '' }, (masks) => masks.apply(name))
      },
    )
    app.delete<Asked>(
      '/detectors/:id/mask',
      { config: writing, schema: { summary: 'Deletes the mask `name`; what is in use stays.', tags } },
      async (request): Promise<{ readonly success: true }> => {
        const name = nameOf(request.query)
        await noted(request, { action: 'delete', name }, (masks) => masks.remove(name))
        return { success: true }
      },
    )
  }
}

function nameOf(query: Query): string {
  const name = textOf(query, 'name')
  if (name === null) throw badRequest("'name' is missing", 'Add ?name=NAME to the address.')
  return name
}

function boundOf(query: Query, name: string): number | null {
  const text = textOf(query, name)
  if (text === null) return null
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw badRequest(`'${name}' must be a number, not '${text.slice(0, 40)}'`)
}

/** Of the image of the past that is named, else of images as they come. */
async function thresholdMarks({ id, url }: DetectorAddress, query: Query): Promise<ThresholdMarks> {
  const bounds: PixelBounds = { below: boundOf(query, 'below'), above: boundOf(query, 'above') }
  if (bounds.below === null && bounds.above === null) throw badRequest("Give 'below', 'above' or both.")
  const images = integerOf(query, 'images', { default: 1, min: 1, max: mostImages })
  const mode = textOf(query, 'mode')
  const marks = new ThresholdMarks(bounds)
  try {
    if (mode === 'held' || mode === 'recorded') {
      const image = integerOf(query, 'image', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
      marks.take((await pastImage(url, { mode, run: textOf(query, 'run') ?? 'current', image })).image)
    } else await takeNewest(url, images, marks)
  } catch (error) {
    throw unavailable(
      `The detector '${id}' gives no image: ${error instanceof Error ? error.message : ''}`,
      error,
    )
  }
  return marks
}

async function takeNewest(url: string, images: number, marks: ThresholdMarks): Promise<void> {
  let after: number | null = null
  for (let taken = 0; taken < images;) {
    const deadline = performance.now() + imageWithinMs
    let found = await newestImage(url, after)
    while (found === null) {
      if (performance.now() > deadline) throw new Error('no new image comes.')
      await new Promise((resolve) => setTimeout(resolve, 20))
      found = await newestImage(url, after)
    }
    if (!marks.take(found.image)) throw new Error('its images changed their size.')
    after = found.image.id
    taken += 1
  }
}
