import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { DaqError } from '../error.ts'
import type { Daq } from '../service/daq.ts'
import { writeVirtualMaster } from '../writer/virtual-master.ts'
import { answer, errorText, ok, tableOf } from './reply.ts'
import { describeFile, readFileMetadata, type DatasetDescription } from './file-metadata.ts'

/* REST of the generation 2024-26 (daq contract 10.4): /api/config/*, /api/h5/*. */

const requiredByRest = [
  'detector_name',
  'detector_type',
  'n_modules',
  'bit_depth',
  'image_pixel_height',
  'image_pixel_width',
  'start_udp_port',
  'writer_user_id',
  'submodule_info',
  'max_number_of_forwarders_spawned',
  'use_all_forwarders',
  'module_sync_queue_size',
  'module_positions',
] as const

function refused(message: string, remedy: string): DaqError {
  return new DaqError({ code: 'DAQ_REQUEST_REFUSED', message, fault: 'caller', remedy })
}

function absolutePath(value: unknown, key: string): string {
  if (typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..')) return value
  throw refused(`${key}: ${JSON.stringify(value)} is not an absolute path.`, `Correct ${key}.`)
}

/** The files `<prefix><i>.h5` of a folder in the order of i. */
async function partsOf(folder: string, prefix: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const numbered = names.flatMap((name) => {
    const digits = name.startsWith(prefix) && name.endsWith('.h5') ? name.slice(prefix.length, -3) : ''
    return /^\d+$/.test(digits) ? [{ name, index: Number(digits) }] : []
  })
  return numbered.toSorted((a, b) => a.index - b.index).map(({ name }) => name)
}

async function createInterleaved(daq: Daq, body: unknown): Promise<string> {
  const table = tableOf(body)
  const folder = absolutePath(table['base_path'], 'base_path')
  const output = absolutePath(table['output_file'], 'output_file')
  const prefix = typeof table['file_prefix'] === 'string' ? table['file_prefix'] : ''
  const names = await partsOf(folder, prefix)
  if (names.length === 0)
    throw refused(`${folder} holds no files ${prefix}0.h5, ${prefix}1.h5 ...`, 'Correct file_prefix.')
  const group = `/${daq.config.detector_name}`
  const parts = await Promise.all(
    names.map(async (name) => {
      const data = (await describeFile(join(folder, name))).find(({ path }) => path === `${group}/data`)
      if (data === undefined) throw refused(`${name} has no ${group}/data`, 'Give files of this detector.')
      return { name, data }
    }),
  )
  const [first] = parts
  const [, height = 0, width = 0] = first?.data.shape ?? []
  const isHere = output.startsWith(`${folder}/`) && !output.slice(folder.length + 1).includes('/')
  // Relative where both lie in one folder, so that they can be moved together.
  const placeOf = (name: string): string => (isHere ? name : join(folder, name))
  const metaName = `${prefix}Meta.h5`
  const known = existsSync(join(folder, metaName)) ? await describeFile(join(folder, metaName)) : []
  const rows = known.find(({ path }) => path === `${group}/metadata`)?.shape[0]
  writeVirtualMaster({
    path: output,
    spec: {
      layout: 'f2',
      detector: daq.config.detector_name,
      width,
      height,
      pixelType: pixelTypeOf(first?.data),
    },
    parts: parts.map(({ name, data }) => ({ file: placeOf(name), images: data.shape[0] ?? 0 })),
    ...(rows === undefined ? {} : { meta: { file: placeOf(metaName), images: rows } }),
  })
  return output
}

const pixelTypes = { '<u1': 'u8', '<u2': 'u16', '<u4': 'u32', '<f4': 'f32' } as const

function pixelTypeOf(data: DatasetDescription | undefined): 'u8' | 'u16' | 'u32' | 'f32' {
  const type = pixelTypes[data?.dtype as keyof typeof pixelTypes]
  if (type === undefined)
    throw refused(`pixels of type ${data?.dtype} are not known`, 'Give files of this detector.')
  return type
}

async function setConfig(daq: Daq, body: unknown, reply: FastifyReply): Promise<unknown> {
  const table = tableOf(body)
  const missing = requiredByRest.find((key) => table[key] === undefined)
  if (missing !== undefined) return reply.code(400).send({ detail: `'${missing}' is a required property` })
  try {
    await daq.changeConfig(table, { isWhole: true })
    return { message: 'Configuration updated and synchronized successfully' }
  } catch (error) {
    return reply.code(400).send({ detail: errorText(error) })
  }
}

export function addG3Routes(app: FastifyInstance, daq: Daq): void {
  app.get('/api/config/get', () => daq.config)
  app.post('/api/config/set', ({ body }, reply) => setConfig(daq, body, reply))
  app.get<{ Querystring: { filename?: string } }>('/api/h5/read_metadata', ({ query }) =>
    answer(async () => {
      const file = absolutePath(query.filename, 'filename')
      return ok('Metadata read.', { file, metadata: await readFileMetadata(file) })
    }),
  )
  app.get<{ Querystring: { filename?: string } }>('/api/h5/get_metadata_status', ({ query }) =>
    answer(async () => {
      const file = absolutePath(query.filename, 'filename')
      return ok('Datasets read.', { file, datasets: await describeFile(file) })
    }),
  )
  app.post('/api/h5/create_interleaved_vds', ({ body }) =>
    answer(async () => ok('Virtual dataset created.', { file: await createInterleaved(daq, body) })),
  )
}
