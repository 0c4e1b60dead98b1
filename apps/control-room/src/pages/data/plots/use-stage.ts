import { useEffect } from 'react'
import { useControlRoom, useSession } from '../../../app/use-control-room.ts'
import { usePalette } from '../../../theme/theme-context.ts'
import { stageClient, type StageClient } from './stage-client.ts'

/** The stage of the page, which runs while anything uses it. */
export function useStage(): StageClient {
  const stage = stageClient(useControlRoom())
  useEffect(() => stage.use(), [stage])
  return stage
}

/** Tells the stage the colours and the zone of the page; once in a page. */
export function useStageLook(stage: StageClient): void {
  const palette = usePalette()
  const zone = useSession(({ bootstrap }) => bootstrap?.zone ?? 'UTC')
  useEffect(() => stage.tell({ kind: 'look', palette, zone }), [stage, palette, zone])
}
