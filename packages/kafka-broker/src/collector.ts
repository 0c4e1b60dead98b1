import { setFlagsFromString } from 'node:v8'

/**
 * For a process that is a broker and nothing else. Record data pass through as external memory; by default V8 collects all
 * of its (small) heap for every 32 to 64 MB of them, which took a third of the processor time under load. Counting them with
 * the heap makes that ten times rarer. Covered by bench/produce-1k.ts.
 */
export function collectRarely(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
