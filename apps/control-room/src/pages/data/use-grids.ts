import type { LiveGrid } from '@beamtime/http-gateway/ui-types'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useControlRoom } from '../../app/use-control-room.ts'

export interface Grids {
  readonly list: readonly LiveGrid[]
  /** Null until they are known. */
  readonly error: unknown
  /** Replaces all of them; shown at once, and rejected with what the server says, also when somebody else was faster. */
  save(next: readonly LiveGrid[]): Promise<void>
  /** Replaces one by its title. */
  change(title: string, next: LiveGrid): Promise<void>
}

/** The layouts of an instrument, shared by all who look at it. */
export function useGrids(instrument: string): Grids {
  const { http } = useControlRoom()
  const queries = useQueryClient()
  const key = ['grids', instrument]
  const path = `/livedata/${encodeURIComponent(instrument)}/grids`
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => http.get<readonly LiveGrid[]>(path, signal),
    // Others change them too.
    refetchInterval: 15_000,
  })
  const list = found.data ?? []
  const save = async (next: readonly LiveGrid[]): Promise<void> => {
    await queries.cancelQueries({ queryKey: key })
    queries.setQueryData(key, next)
    try {
      queries.setQueryData(key, await http.put<readonly LiveGrid[]>(path, { grids: next, before: list }))
    } catch (error) {
      await queries.invalidateQueries({ queryKey: key })
      throw error
    }
  }
  return {
    list,
    error: found.error,
    save,
    change: (title, next) => save(list.map((grid) => (grid.title === title ? next : grid))),
  }
}

/** A title that no other layout has. */
export function freeTitle(grids: readonly LiveGrid[], wanted: string): string {
  const isTaken = (title: string): boolean => grids.some((grid) => grid.title === title)
  let title = wanted
  for (let n = 2; isTaken(title); n++) title = `${wanted} ${n}`
  return title
}
