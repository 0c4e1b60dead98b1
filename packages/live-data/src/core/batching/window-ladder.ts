/** Lengths that a window can have, in pulses of the source: 14 · √2ⁿ. */
export const windowPulses = [14, 20, 28, 40, 56, 79, 112] as const
const pulsesPerSecond = 14

/** How long windows are: grows under load, shrinks when there is room again. */
export interface WindowLadder {
  lengthNs(): bigint
  lengthMs(): number
  /** What it took to process a window, in ms. */
  processed(elapsedMs: number): void
  /** Wall time without a window to process, in ms. */
  idle(elapsedMs: number): void
}

const slowBefore = 2
const fastBefore = 3
const fastFraction = 0.7
const idleWindows = 3

/** `baseS` scales the ladder; 1 = windows of one second and more. */
export function windowLadder(baseS = 1): WindowLadder {
  let step = 0
  let slow = 0
  let fast = 0
  let idleMs = 0
  const lengthMs = (): number => ((windowPulses[step] ?? windowPulses[0]) * 1_000 * baseS) / pulsesPerSecond
  const climb = (steps: number): void => {
    step = Math.min(windowPulses.length - 1, Math.max(0, step + steps))
    slow = 0
    fast = 0
    idleMs = 0
  }
  return {
    lengthMs,
    lengthNs: () => BigInt(Math.round(lengthMs() * 1e6)),
    processed(elapsedMs) {
      idleMs = 0
      slow = elapsedMs > lengthMs() ? slow + 1 : 0
      fast = elapsedMs < fastFraction * lengthMs() ? fast + 1 : 0
      if (slow >= slowBefore) climb(2)
      else if (fast >= fastBefore) climb(-1)
    },
    idle(elapsedMs) {
      idleMs += elapsedMs
      if (idleMs >= idleWindows * lengthMs()) climb(-1)
    },
  }
}
