import { useEffect, useRef, useState } from 'react'

/* Lost packets that somebody has seen; what comes after them is told until it was seen, too. Kept by the browser. */

const keyOf = (detector: string): string => `cr.seenLost.${detector}`

function storedSeen(detector: string): number {
  try {
    const seen = Number(localStorage.getItem(keyOf(detector)))
    return Number.isFinite(seen) ? seen : 0
  } catch {
    return 0
  }
}

/** What was seen of so many losses: nothing when the detector counts from zero again. */
export function seenOf(seen: number, lost: number): number {
  return seen > lost ? 0 : seen
}

export interface SeenLosses {
  readonly isNew: boolean
  /** Local time at which more were lost; null when that was before the page was opened. */
  readonly atMs: number | null
  /** Notes that they were seen. */
  readonly acknowledge: () => void
}

export function useSeenLosses(detector: string, lost: number): SeenLosses {
  const [seen, setSeen] = useState(() => storedSeen(detector))
  const [atMs, setAtMs] = useState<number | null>(null)
  const last = useRef<number | null>(null)
  useEffect(() => {
    if (last.current !== null && lost > last.current) setAtMs(Date.now())
    last.current = lost
  }, [lost])
  return {
    isNew: lost > seenOf(seen, lost),
    atMs,
    acknowledge: () => {
      setSeen(lost)
      try {
        localStorage.setItem(keyOf(detector), String(lost))
      } catch {
        // seen for as long as the page is open
      }
    },
  }
}
