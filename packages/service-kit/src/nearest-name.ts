/** Levenshtein distance with two rows; lengths are short names, so the quadratic cost does not matter. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + cost,
        ),
      )
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

/**
 * The known name that is most like a mistyped one, or null when none is near: at most a third of the
 * characters (and at least one) may differ. Names longer than 200 characters are not compared.
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  if (name.length > 200) return null
  const wanted = name.toLowerCase()
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const lower = candidate.toLowerCase()
    // A wanted name that is the start of a known one ("segment" for "segment_bytes") counts as near.
    const score = wanted.length >= 3 && lower.startsWith(wanted) ? 1 : distance(wanted, lower)
    if (score < bestDistance) {
      best = candidate
      bestDistance = score
    }
  }
  return best
}
