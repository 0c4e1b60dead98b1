import { useCallback, useMemo, useState } from 'react'

/** Alerts that a person has marked, by `partition-offset`; they stay in this browser. */
export interface Starred {
  has(key: string): boolean
  toggle(key: string): void
}

/** Of one topic; the oldest mark goes first. */
const maxStarred = 2_000

export function useStarred(topic: string): Starred {
  const place = `cr.starred.${topic}`
  const [keys, setKeys] = useState<ReadonlySet<string>>(() => stored(place))
  const toggle = useCallback(
    (key: string) =>
      setKeys((old) => {
        const next = new Set(old)
        if (!next.delete(key)) next.add(key)
        const kept = [...next].slice(-maxStarred)
        localStorage.setItem(place, JSON.stringify(kept))
        return new Set(kept)
      }),
    [place],
  )
  return useMemo(() => ({ has: (key) => keys.has(key), toggle }), [keys, toggle])
}

function stored(place: string): ReadonlySet<string> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
    return new Set(Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [])
  } catch {
    return new Set() // written by somebody else
  }
}
