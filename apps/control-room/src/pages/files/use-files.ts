import type { FilesAnswer } from '@beamtime/http-gateway/ui-types'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'

/** The newest files of the folders that may be seen. */
export function useFiles(options: { readonly refetchInterval?: number } = {}): UseQueryResult<FilesAnswer> {
  const { http } = useControlRoom()
  return useQuery({
    queryKey: ['files', 1_000],
    queryFn: ({ signal }) => http.get<FilesAnswer>('/files?limit=1000', signal),
    ...options,
  })
}
