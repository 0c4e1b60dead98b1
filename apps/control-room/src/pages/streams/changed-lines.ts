export interface ChangedLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Pairs of lines that are compared: above it all of the old text is shown as removed. */
const maxPairs = 4_000_000

/** What turns one text into another, with the fewest lines changed: longest common subsequence. */
export function changedLines(before: readonly string[], after: readonly string[]): readonly ChangedLine[] {
  const head = commonHead(before, after)
  const tail = commonHead(before.slice(head).toReversed(), after.slice(head).toReversed())
  const old = before.slice(head, before.length - tail)
  const young = after.slice(head, after.length - tail)
  return [
    ...before.slice(0, head).map(same),
    ...changed(old, young),
    ...before.slice(before.length - tail).map(same),
  ]
}

function same(text: string): ChangedLine {
  return { kind: 'same', text }
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  let count = 0
  while (count < a.length && count < b.length && a[count] === b[count]) count++
  return count
}

function changed(old: readonly string[], young: readonly string[]): ChangedLine[] {
  const removed = (text: string): ChangedLine => ({ kind: 'removed', text })
  const added = (text: string): ChangedLine => ({ kind: 'added', text })
  if (old.length * young.length > maxPairs) return [...old.map(removed), ...young.map(added)]
  const restAt = commonRests(old, young)
  const lines: ChangedLine[] = []
  let [a, b] = [0, 0]
  for (
    let from = old[a], to = young[b];
    from !== undefined || to !== undefined;
    from = old[a], to = young[b]
  ) {
    if (from !== undefined && from === to) {
      lines.push(same(from))
      a++
      b++
    } else if (from !== undefined && (to === undefined || restAt(a + 1, b) >= restAt(a, b + 1))) {
      lines.push(removed(from))
      a++
    } else if (to !== undefined) {
      lines.push(added(to))
      b++
    }
  }
  return lines
}

/** Length of the longest common rest from each pair of places on. */
function commonRests(old: readonly string[], young: readonly string[]): (a: number, b: number) => number {
  const width = young.length + 1
  const rests = new Uint32Array((old.length + 1) * width)
  const restAt = (a: number, b: number): number => rests[a * width + b] ?? 0
  for (let a = old.length - 1; a >= 0; a--)
    for (let b = young.length - 1; b >= 0; b--)
      rests[a * width + b] =
        old[a] === young[b] ? restAt(a + 1, b + 1) + 1 : Math.max(restAt(a + 1, b), restAt(a, b + 1))
  return restAt
}
