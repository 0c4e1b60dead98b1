/**
 * Results of one window come from several services within some milliseconds. They are shown together: layout and paint of
 * the whole page are paid once, not once per cell.
 */
const beatMs = 40

let waiting: Map<object, () => void> | null = null

/** Runs `change` in the next beat; of several with one key only the last. */
export function onBeat(key: object, change: () => void): void {
  if (waiting === null) {
    waiting = new Map()
    setTimeout(runBeat, beatMs)
  }
  waiting.set(key, change)
}

/** What waits under a key is not done any more. */
export function offBeat(key: object): void {
  waiting?.delete(key)
}

function runBeat(): void {
  const changes = waiting
  waiting = null
  for (const change of changes?.values() ?? []) change()
}
