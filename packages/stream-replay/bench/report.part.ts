import { execSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

/** Prints one figure as a line of JSON, with the machine and how busy it was. */
export function report(name: string, figures: Readonly<Record<string, unknown>>): void {
  const commit = execSync('git rev-parse --short HEAD', { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  const place = {
    commit,
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? ''}`,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  }
  const rounded = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  ])
  console.log(JSON.stringify({ name, ...Object.fromEntries(rounded), ...place }))
}

export function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1_000
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN
}
