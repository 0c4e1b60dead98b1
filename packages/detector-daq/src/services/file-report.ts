import { readFileMetadata, describeFile } from '../faces/file-metadata.ts'

/** What the file validator says of a file of a run (daq contract 12). */
export interface FileReport {
  readonly readable: boolean
  readonly n_images: number
  readonly image_id_range: readonly number[]
}

/** Looks into a file of the layouts F1 and F2. A file that cannot be read is a report as well. */
export async function describeWrittenFile(file: string, detector: string): Promise<FileReport> {
  try {
    const datasets = await describeFile(file)
    const data = datasets.find(({ path }) => path === `/${detector}/data`)
    const images = data?.shape[0] ?? 0
    const ids = idsOf(await readFileMetadata(file), detector).slice(0, images)
    const range = ids.length === 0 ? [] : [Math.min(...edges(ids)), Math.max(...edges(ids))]
    return { readable: data !== undefined, n_images: images, image_id_range: range }
  } catch {
    return { readable: false, n_images: 0, image_id_range: [] }
  }
}

/** Ids grow within a file; the first and the last are its range. */
function edges(ids: readonly number[]): readonly number[] {
  return [ids[0] ?? 0, ids.at(-1) ?? 0]
}

function idsOf(metadata: Readonly<Record<string, unknown>>, detector: string): readonly number[] {
  const { [`/${detector}/image_id`]: column, [`/${detector}/metadata`]: rows } = metadata
  if (Array.isArray(column)) return column.map(Number)
  if (!Array.isArray(rows)) return []
  return rows.map((row: unknown) => {
    if (Array.isArray(row)) return Number(row[0])
    return typeof row === 'object' && row !== null && 'image_id' in row ? Number(row.image_id) : 0
  })
}
