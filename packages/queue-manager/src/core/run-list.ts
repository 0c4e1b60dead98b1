import type { RunListEntry } from '@beamtime/worker-host/client'

export const runListOptions = ['active', 'open', 'closed'] as const

/** Runs of the current plan: all, those still open, or those closed. */
export function selectRuns(runs: readonly RunListEntry[], option: string): readonly RunListEntry[] {
  if (option === 'open') return runs.filter((run) => run.is_open)
  return option === 'closed' ? runs.filter((run) => !run.is_open) : runs
}
