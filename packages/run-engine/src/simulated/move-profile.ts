/** Where a motor is while it moves. */
export interface MoveProfile {
  readonly start: number
  readonly target: number
  /** Seconds. 0: it is there at once. */
  readonly durationS: number
  positionAt(elapsedS: number): number
}

export interface MoveRequest {
  readonly start: number
  readonly target: number
  /** Units per second; 0 jumps. */
  readonly velocity: number
  /** Seconds from rest to full velocity. */
  readonly accelerationTimeS: number
}

/** Speeds up evenly, goes at full velocity, slows down evenly; a short move never reaches full velocity. */
export function moveProfile(request: MoveRequest): MoveProfile {
  const { start, target, accelerationTimeS } = request
  const velocity = Math.abs(request.velocity)
  const distance = Math.abs(target - start)
  const sign = target >= start ? 1 : -1
  // Too short to tell from a jump; its times would not be numbers.
  const isJump = velocity === 0 || distance / velocity < 1e-9
  if (isJump) return { start, target, durationS: 0, positionAt: () => target }
  const ramp = (accelerationTimeS * velocity) / 2
  const isShort = 2 * ramp >= distance
  const top =
    isShort && accelerationTimeS > 0 ? Math.sqrt((distance * velocity) / accelerationTimeS) : velocity
  const rampS = accelerationTimeS === 0 ? 0 : (top * accelerationTimeS) / velocity
  const rampDistance = (rampS * top) / 2
  const plateauS = Math.max(0, (distance - 2 * rampDistance) / top)
  const durationS = 2 * rampS + plateauS
  const travelled = (t: number): number => {
    if (t >= durationS) return distance
    if (t < rampS) return (top * t * t) / (2 * rampS)
    if (t < rampS + plateauS) return rampDistance + top * (t - rampS)
    const left = durationS - t
    return distance - (top * left * left) / (2 * rampS)
  }
  return { start, target, durationS, positionAt: (t) => start + sign * travelled(Math.max(0, t)) }
}
