/* Job numbers of workflows that start by themselves. All processes of a service must give a workflow the same number, or
 * dashboards would take the jobs of one of them for those of another generation. So it is made from the workflow's id and
 * a seed that they agree on: the first half is the seed, the second a hash of both. It has the form of a UUID. */

/** First half of the numbers of one generation, 16 hexadecimal digits. */
export function autoSeed(workerId: string): string {
  const digits = hex64(workerId)
  return `${digits.slice(0, 12)}4${digits.slice(13)}`
}

export function autoNumber(workflow: string, seed: string): string {
  const digits = `${seed}a${hex64(`${workflow}\n${seed}`).slice(1)}`
  return [8, 12, 16, 20, 32].map((end, at, ends) => digits.slice(ends[at - 1] ?? 0, end)).join('-')
}

/** The seed of a number that `autoNumber` made for this workflow; null for any other. */
export function seedOfNumber(jobNumber: string, workflow: string): string | null {
  const seed = jobNumber.replaceAll('-', '').slice(0, 16)
  return autoNumber(workflow, seed) === jobNumber ? seed : null
}

/** Two FNV-1a hashes of the UTF-16 units, from different ends. */
function hex64(text: string): string {
  let low = 0x811c9dc5
  let high = 0x01000193
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(text.length - 1 - at), 0x01000193) ^ (low >>> 15)
  }
  return [low, high].map((each) => (each >>> 0).toString(16).padStart(8, '0')).join('')
}
