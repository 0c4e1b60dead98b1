import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { isNumeric, type H5Dataset, type H5Entity } from './h5-types.ts'
import { fetchAttributes, fetchEntity, fetchNumbers } from './use-h5.ts'

/* NeXus: which group of a file is meant to be plotted, and against what (https://manual.nexusformat.org, NXdata). */

export interface Axis {
  readonly label: string
  readonly values: Float64Array
}

export interface NxData {
  readonly path: string
  readonly signal: H5Dataset
  /** One a dimension of the signal; undefined where the file has none. */
  readonly axes: readonly (Axis | undefined)[]
}

type Attributes = Readonly<Record<string, unknown>>

const mostAxisElements = 100_000
const mostSteps = 8

export function joinPath(group: string, name: string): string {
  return name.startsWith('/') ? name : `${group === '/' ? '' : group}/${name}`
}

/** Where `@default` leads from the root: the group with the plot; null when the file names none. */
export function useDefaultPath(file: string | undefined): UseQueryResult<string | null> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['h5-default', file],
    enabled: file !== undefined,
    queryFn: async ({ signal }) => await defaultPath(http, file ?? '', signal),
  })
}

async function defaultPath(http: HttpClient, file: string, signal: AbortSignal): Promise<string | null> {
  let path = '/'
  for (let step = 0; step < mostSteps; step += 1) {
    const attributes = await fetchAttributes(http, { file, path }, signal)
    if (attributes['NX_class'] === 'NXdata') return path
    const name = attributes['default']
    if (typeof name !== 'string' || name === '') return null
    path = joinPath(path, name)
  }
  return null
}

/** Signal and axes of an NXdata group; null when the group is none, or its signal is no numbers. */
export function useNxData(
  file: string,
  path: string,
  entity: H5Entity | undefined,
): UseQueryResult<NxData | null> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['h5-nxdata', file, path],
    enabled: entity?.kind === 'group',
    queryFn: async ({ signal }) => {
      const attributes = await fetchAttributes(http, { file, path }, signal)
      if (attributes['NX_class'] !== 'NXdata' || typeof attributes['signal'] !== 'string') return null
      const place = joinPath(path, attributes['signal'])
      const dataset = await fetchEntity(http, { file, path: place }, signal)
      if (dataset.kind !== 'dataset' || dataset.shape === null || !isNumeric(dataset.type)) return null
      const names = axisNames(attributes, dataset.shape.length)
      const axes = await Promise.all(
        names.map(async (name, dimension) =>
          name === null
            ? undefined
            : await readAxis(
                http,
                { file, path: joinPath(path, name), length: dataset.shape?.[dimension] ?? 0 },
                signal,
              ),
        ),
      )
      return { path: place, signal: dataset, axes }
    },
  })
}

/** `@axes` is one name or a list, `.` for a dimension without one. */
export function axisNames(attributes: Attributes, dimensions: number): readonly (string | null)[] {
  const { axes } = attributes
  const list: readonly unknown[] = Array.isArray(axes) ? axes : typeof axes === 'string' ? [axes] : []
  return Array.from({ length: dimensions }, (_, dimension) => {
    const name = list[dimension]
    return typeof name === 'string' && name !== '.' && name !== '' ? name : null
  })
}

/** An axis that is missing, of another length, no numbers or too long is none: the plot counts elements instead. */
async function readAxis(
  http: HttpClient,
  place: { readonly file: string; readonly path: string; readonly length: number },
  signal: AbortSignal,
): Promise<Axis | undefined> {
  const { file, path, length } = place
  try {
    const entity = await fetchEntity(http, { file, path }, signal)
    if (entity.kind !== 'dataset' || !isNumeric(entity.type) || entity.shape?.length !== 1) return undefined
    const count = entity.shape[0] ?? 0
    // Edges of bins are one more than there are bins.
    if (count > mostAxisElements || (count !== length && count !== length + 1)) return undefined
    const values = await fetchNumbers(http, { file, dataset: { path, entity }, selection: ':' }, signal)
    const { units } = await fetchAttributes(http, { file, path }, signal)
    const label = typeof units === 'string' && units !== '' ? `${entity.name} (${units})` : entity.name
    return { label, values: count === length ? values : middles(values) }
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}

function middles(edges: Float64Array): Float64Array {
  return Float64Array.from(edges.subarray(1), (edge, index) => (edge + (edges[index] ?? edge)) / 2)
}
