import { useEffect, useState } from 'react'

/**
 * Results of one window come from several services within some milliseconds. They are shown together, and with them ages
 * and states that can wait: layout and paint of the whole page are paid once, not once per cell.
 */
const beatMs = 40

type Changes = Map<object, () => void>

/** Shown in the next beat; null between beats. */
let waiting: Changes | null = null
/** Shown with the next beat, whenever that is. */
const riders: Changes = new Map()

/** Runs `change` in the next beat; of several with one key only the last. */
export function onBeat(key: object, change: () => void): void {
  if (waiting === null) {
    waiting = new Map()
    setTimeout(runBeat, beatMs)
  }
  waiting.set(key, change)
}

/** Runs `change` now, as a beat: what waits for one goes with it. */
export function beatNow(change: () => void): void {
  change()
  runBeat()
}

/** Runs `change` with a beat that others cause, after `patienceMs` in one of its own. */
export function rideBeat(key: object, patienceMs: number, change: () => void): void {
  const isNew = !riders.has(key)
  riders.set(key, change)
  if (isNew)
    setTimeout(() => {
      if (riders.has(key)) onBeat(riders, () => undefined)
    }, patienceMs)
}

/** What waits under a key is not done any more. */
export function offBeat(key: object): void {
  waiting?.delete(key)
  riders.delete(key)
}

function runBeat(): void {
  const changes = [...(waiting?.values() ?? []), ...riders.values()]
  waiting = null
  riders.clear()
  for (const change of changes) change()
}

const ageEveryMs = 1_000

/** Draws anew about once a second, together with the results. */
export function useAges(): void {
  const [, setTick] = useState(0)
  useEffect(() => {
    const again = (): void => {
      setTick((tick) => tick + 1)
      timer = setTimeout(wait, ageEveryMs / 2)
    }
    const wait = (): void => rideBeat(again, ageEveryMs / 2, again)
    let timer = setTimeout(wait, ageEveryMs / 2)
    return () => {
      clearTimeout(timer)
      offBeat(again)
    }
  }, [])
}
