import { useEffect, useRef, useState, type RefObject } from 'react'

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

/** Long enough that results, which come once a second, take the ages along. */
const agePatienceMs = 800
const ages = new Set<() => void>()
let ageTimer: ReturnType<typeof setTimeout> | null = null

/** Runs `change` about once a second, together with the results; one clock for all. Returns the end of it. */
function onAges(change: () => void): () => void {
  ages.add(change)
  ageTimer ??= setTimeout(waitForAges, ageEveryMs / 2)
  return () => {
    ages.delete(change)
    if (ages.size > 0 || ageTimer === null) return
    clearTimeout(ageTimer)
    ageTimer = null
    offBeat(ages)
  }
}

function waitForAges(): void {
  rideBeat(ages, agePatienceMs, () => {
    for (const change of ages) change()
    if (ages.size > 0) ageTimer = setTimeout(waitForAges, ageEveryMs / 2)
  })
}

/** Draws anew about once a second, together with the results. */
export function useAges(): void {
  const [, setTick] = useState(0)
  useEffect(() => onAges(() => setTick((tick) => tick + 1)), [])
}

/** A value that depends on the time: drawn anew only when another one holds. */
export function useAged<T extends string>(valueNow: () => T): T {
  const [shown, setShown] = useState(valueNow)
  const latest = useRef(valueNow)
  useEffect(() => {
    latest.current = valueNow
    setShown(valueNow())
  })
  useEffect(() => onAges(() => setShown(latest.current())), [])
  return shown
}

/** The place of a text that depends on the time: written about once a second without React. */
export function useAgedText(textNow: () => string): RefObject<HTMLSpanElement | null> {
  const element = useRef<HTMLSpanElement>(null)
  const latest = useRef(textNow)
  useEffect(() => {
    const write = (): void => {
      const text = latest.current()
      if (element.current !== null && element.current.textContent !== text) element.current.textContent = text
    }
    latest.current = textNow
    write()
    return onAges(write)
  })
  return element
}
