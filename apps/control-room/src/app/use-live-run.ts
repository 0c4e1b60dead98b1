import type { RunSnap } from '@beamtime/http-gateway/ui-types'
import { useState } from 'react'
import { createLiveRunStore, type LiveRunStore } from '../stores/live-run-store.ts'
import { useChannel, useScope } from './use-control-room.ts'

/** Follows one run, or with 'current' whichever is the newest (null: none); rows go to tables outside React. */
export function useLiveRun(uid: string | null): LiveRunStore {
  const [run] = useState(() => createLiveRunStore())
  const mayRead = useScope('read:monitor')
  useChannel('run', mayRead && uid !== null ? { uid } : null, {
    snapshot: (data) => run.applySnap(data as RunSnap | null),
    frame: (frame) => run.applyFrame(frame, Date.now()),
    error: (error) => run.fail(error.text),
  })
  return run
}
