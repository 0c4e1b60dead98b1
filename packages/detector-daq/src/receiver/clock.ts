/** Milliseconds since 1970 that never go back within a thread and agree between the threads of a process. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
