import type { RunDetail } from '@beamtime/http-gateway/ui-types'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'
import { joinPath } from '../files/nx-data.ts'

/** A file that the documents of a run announce. */
export interface RunFile {
  readonly uid: string
  /** Data key, or the kind of the resource. */
  readonly key: string
  readonly file: string
  /** Dataset within an HDF5 file; null where the documents name none. */
  readonly dataset: string | null
  readonly mimetype: string
  /** Indices announced so far: frames, rows. */
  readonly length: number | null
}

/** Files of a run; asked again each second while it is open. */
export function useRunFiles(uid: string, isOpen: boolean): UseQueryResult<readonly RunFile[]> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['run-files', uid, isOpen],
    queryFn: async ({ signal }) => {
      const detail = await http.get<RunDetail>(`/runs/${encodeURIComponent(uid)}`, signal)
      return detail.assets.flatMap(runFile)
    },
    refetchInterval: isOpen ? 1_000 : false,
  })
}

type Fields = Readonly<Record<string, unknown>>

/** Reads a resource or a stream_resource of either age; what names no file is left out. */
export function runFile(asset: Fields): readonly RunFile[] {
  const doc = fieldsOf(asset['doc'])
  const uid = textOf(doc['uid'])
  if (asset['kind'] === 'stream_resource') {
    const file = fileOf(textOf(doc['uri']))
    const parameters = fieldsOf(doc['parameters'])
    const dataset = textOf(parameters['dataset']) || textOf(parameters['path'])
    if (file === null) return []
    return [
      {
        uid,
        key: textOf(doc['data_key']),
        file,
        dataset: dataset === '' ? null : joinPath('/', dataset),
        mimetype: textOf(doc['mimetype']),
        length: stopOf(asset['last']),
      },
    ]
  }
  const path = textOf(doc['resource_path'])
  if (path === '') return []
  const root = textOf(doc['root']).replace(/\/$/, '')
  const file = path.startsWith('/') ? path : `${root}/${path}`
  return [{ uid, key: textOf(doc['spec']), file, dataset: null, mimetype: '', length: null }]
}

/** `file://localhost/data/a%20b.h5` is `/data/a b.h5`; null for what is no file. */
function fileOf(uri: string): string | null {
  if (!URL.canParse(uri)) return null
  const { protocol, pathname } = new URL(uri)
  return protocol === 'file:' ? decodeURIComponent(pathname) : null
}

function stopOf(datum: unknown): number | null {
  const { stop } = fieldsOf(fieldsOf(datum)['indices'])
  return typeof stop === 'number' ? stop : null
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
