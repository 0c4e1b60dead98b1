import { isAbsolute, join } from 'node:path'
import type {} from '@fastify/swagger'
import { Hdf5Error, parseSelection, valuesToJson, type Hdf5Reader } from '@beamtime/hdf5'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { badRequest } from '../error.ts'
import { dataFormats, encodeData, type DataFormat } from '../files/data-format.ts'
import { listFiles } from '../files/file-list.ts'
import type { FilesAnswer } from '../ui-types.ts'
import { flagOf, integerOf, textOf } from './query.ts'
import type { Query } from './query.ts'

export interface H5RoutesOptions {
  readonly reader: Hdf5Reader
  /** Folders whose files may be seen. */
  readonly roots: readonly string[]
}

interface Place {
  readonly file: string
  readonly path: string
}

const config = { scopes: ['read:monitor'] } as const

/** The routes of an h5grove server, so that H5Web and JupyterLab viewers can be pointed here, and the list of files. */
export function h5Routes({ reader, roots }: H5RoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Querystring: Query }>(
      '/files',
      { config, schema: { summary: 'HDF5 files, newest first.', tags: ['files'] } },
      async ({ query }): Promise<FilesAnswer> => ({
        files: await listFiles(roots, integerOf(query, 'limit', { default: 200, min: 1, max: 5_000 })),
        roots,
      }),
    )
    const get = (
      name: string,
      summary: string,
      answer: (place: Place, query: Query, reply: FastifyReply) => Promise<unknown>,
    ): void => {
      for (const url of [`/h5/${name}`, `/h5/${name}/`])
        app.get<{ Querystring: Query }>(
          url,
          { config, schema: { summary, tags: ['files'], ...(url.endsWith('/') ? { hide: true } : {}) } },
          async ({ query }, reply) => await told(reply, () => answer(placeOf(query, roots), query, reply)),
        )
    }
    get('meta', 'What lies at a path of a file.', ({ file, path }) => reader.entity(file, path))
    get('paths', 'All paths of a file.', ({ file }) => reader.paths(file))
    get('attr', 'Values of attributes.', async ({ file, path }, query, reply) => {
      const keys = namesOf(query, 'attr_keys')
      const values = await reader.attributes(file, path, keys)
      const fields = Object.entries(values).map(
        ([name, value]) => `${JSON.stringify(name)}:${valuesToJson(value)}`,
      )
      return await reply.type('application/json').send(`{${fields.join(',')}}`)
    })
    get('data', 'Elements of a dataset.', async ({ file, path }, query, reply) => {
      const values = await reader.read(file, path, selectionOf(query))
      const format = formatOf(query)
      const { body, contentType, extension } = encodeData(values, {
        format,
        flatten: flagOf(query, 'flatten'),
      })
      if (extension !== null) {
        const name = path.split('/').findLast((step) => step !== '') ?? 'data'
        const safe = `${name.replaceAll(/[^\w.-]/g, '_')}.${extension}`
        void reply.header('Content-Disposition', `attachment; filename="${safe}"`)
      }
      return await reply.type(contentType).send(body)
    })
    get('stats', 'Statistics of a dataset.', ({ file, path }, query) =>
      reader.statistics(file, path, selectionOf(query)),
    )
  }
}

/** A name without a leading slash is below the first folder that there is. */
function placeOf(query: Query, roots: readonly string[]): Place {
  const file = textOf(query, 'file')
  if (file === null) throw badRequest("'file' is missing")
  const path = textOf(query, 'path') ?? '/'
  return {
    file: isAbsolute(file) ? file : join(roots[0] ?? '/', file),
    path: path.startsWith('/') ? path : `/${path}`,
  }
}

function namesOf(query: Query, name: string): readonly string[] | undefined {
  const value = query[name]
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string')
  return typeof value === 'string' ? [value] : undefined
}

function selectionOf(query: Query): ReturnType<typeof parseSelection> | undefined {
  const text = textOf(query, 'selection')
  return text === null ? undefined : parseSelection(text)
}

function formatOf(query: Query): DataFormat {
  const text = textOf(query, 'format') ?? 'json'
  const found = dataFormats.find((one) => one === text)
  if (found !== undefined) return found
  throw badRequest(`'format' must be one of ${dataFormats.join(', ')}, not '${text}'`)
}

/** Refusals in the words that viewers look for. */
async function told(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Hdf5Error)) throw error
    const { status, text } = refusal(error)
    await reply
      .code(status)
      .send({ message: text, detail: `${error.message.replace(`${error.code}: `, '')}. ${error.remedy}` })
    return reply
  }
}

function refusal(error: Hdf5Error): { readonly status: number; readonly text: string } {
  const text = error.message.replace(`${error.code}: `, '')
  switch (error.code) {
    case 'HDF5_OUTSIDE_ROOTS':
      return { status: 403, text: 'Permission denied' }
    case 'HDF5_FILE_UNREADABLE':
      return { status: 404, text: 'File not found' }
    case 'HDF5_PATH_UNKNOWN':
      return { status: 404, text: `${text}: not a valid path` }
    case 'HDF5_TOO_LARGE':
      return { status: 413, text }
    case 'HDF5_READER_STOPPED':
      return { status: 503, text }
    case 'HDF5_READ_FAILED':
    case 'HDF5_TYPE_UNSUPPORTED':
      return { status: 422, text }
    case 'HDF5_SELECTION_WRONG':
    case 'HDF5_FILE_EXISTS':
    case 'HDF5_SHAPE_WRONG':
    case 'HDF5_FRAME_OUT_OF_RANGE':
    case 'HDF5_WRITE_FAILED':
    case 'HDF5_CHUNK_CORRUPT':
      return { status: 400, text }
  }
}
