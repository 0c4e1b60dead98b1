import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'
import { numbersOf, type H5Dataset, type H5Entity } from './h5-types.ts'

function query(parts: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parts).toString()
}

/** What lies at a path; asked again each second while the file grows. */
export function useEntity(file: string, path: string, isGrowing: boolean): UseQueryResult<H5Entity> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['h5', file, path],
    queryFn: ({ signal }) => http.get<H5Entity>(`/h5/meta?${query({ file, path })}`, signal),
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
    queryFn: ({ signal }) =>
      http.get<Readonly<Record<string, unknown>>>(`/h5/attr?${query({ file, path })}`, signal),
  })
}

/** Numbers of a selection; only what is seen is sent. */
export function useNumbers(
  file: string,
  dataset: { readonly path: string; readonly entity: H5Dataset },
  selection: string,
): UseQueryResult<Float64Array> {
  const { http } = useControlRoom()
  const { path, entity } = dataset
  return useQuery({
    queryKey: ['h5-numbers', file, path, selection, entity.shape],
    queryFn: async ({ signal }) => {
      const place = query({ file, path, selection, format: 'bin', dtype: 'safe' })
      return numbersOf(entity.type, await http.bytes(`/h5/data?${place}`, signal))
    },
    placeholderData: (before) => before,
  })
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
