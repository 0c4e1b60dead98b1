/** One line of `beamtime doctor`. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly detail: string
  /** What to do; '' when nothing. */
  readonly remedy: string
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail, remedy: '' }
}

export function warn(name: string, detail: string, remedy: string): Check {
  return { name, state: 'warn', detail, remedy }
}

export function bad(name: string, detail: string, remedy: string): Check {
  return { name, state: 'bad', detail, remedy }
}
