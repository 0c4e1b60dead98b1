import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { numbersOf, type H5Dataset, type H5Entity, type H5Statistics } from './h5-types.ts'

function query(parts: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parts).toString()
}

export interface H5Place {
  readonly file: string
  readonly path: string
}

export async function fetchEntity(
  http: HttpClient,
  { file, path }: H5Place,
  signal: AbortSignal,
): Promise<H5Entity> {
  return await http.get<H5Entity>(`/h5/meta?${query({ file, path })}`, signal)
}

export async function fetchAttributes(
  http: HttpClient,
  { file, path }: H5Place,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  return await http.get<Readonly<Record<string, unknown>>>(`/h5/attr?${query({ file, path })}`, signal)
}

/** What lies at a path; asked again each second while the file grows. */
export function useEntity(file: string, path: string, isGrowing: boolean): UseQueryResult<H5Entity> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['h5', file, path],
    queryFn: async ({ signal }) => await fetchEntity(http, { file, path }, signal),
    refetchInterval: isGrowing ? 1_000 : false,
  })
}

export function useAttributes(
  file: string,
  path: string,
  isWanted: boolean,
): UseQueryResult<Readonly<Record<string, unknown>>> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['h5-attributes', file, path],
    enabled: isWanted,
    queryFn: async ({ signal }) => await fetchAttributes(http, { file, path }, signal),
  })
}

export interface DatasetPlace {
  readonly path: string
  readonly entity: H5Dataset
}

/** Elements of a dataset: `3,:,0:200`. */
export interface NumbersRequest {
  readonly file: string
  readonly dataset: DatasetPlace
  readonly selection: string
}

export async function fetchNumbers(
  http: HttpClient,
  { file, dataset, selection }: NumbersRequest,
  signal: AbortSignal,
): Promise<Float64Array> {
  const place = query({ file, path: dataset.path, selection, format: 'bin', dtype: 'safe' })
  return numbersOf(dataset.entity.type, await http.bytes(`/h5/data?${place}`, signal))
}

/** The request for the numbers of a selection, also to have it made ahead. */
export function numbersQuery(http: HttpClient, request: NumbersRequest) {
  const { file, dataset, selection } = request
  return queryOptions({
    queryKey: ['h5-numbers', file, dataset.path, selection, dataset.entity.shape],
    queryFn: async ({ signal }) => await fetchNumbers(http, request, signal),
    staleTime: 30_000,
    gcTime: 30_000,
  })
}

/** Numbers of a selection; only what is seen is sent. Those of before stay until the next are there. */
export function useNumbers(
  file: string,
  dataset: DatasetPlace,
  selection: string,
): UseQueryResult<Float64Array> {
  const { http } = useControlRoom()
  return useQuery({
    ...numbersQuery(http, { file, dataset, selection }),
    placeholderData: (before) => before,
  })
}

export async function fetchStatistics(
  http: HttpClient,
  place: Readonly<Record<'file' | 'path' | 'selection', string>>,
  signal: AbortSignal,
): Promise<H5Statistics> {
  return await http.get<H5Statistics>(`/h5/stats?${query(place)}`, signal)
}

export function useValues(file: string, path: string, selection: string): UseQueryResult<unknown> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['h5-values', file, path, selection],
    queryFn: ({ signal }) => {
      const place = query({
        file,
        path,
        ...(selection === '' ? {} : { selection }),
        format: 'json',
        flatten: 'true',
      })
      return http.get<unknown>(`/h5/data?${place}`, signal)
    },
  })
}

export function downloadAddress(file: string, path: string, more: Readonly<Record<string, string>>): string {
  return `/api/h5/data?${query({ file, path, ...more })}`
}
