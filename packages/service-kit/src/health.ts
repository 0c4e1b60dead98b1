export interface HealthCheck {
  readonly ok: boolean
  /** When `ok` last changed: RFC 3339. */
  readonly since: string
  readonly detail?: string
}

/** What the service says about what it depends on. Reported by /readyz, never a reason for it to fail. */
export interface Health {
  set(name: string, state: { readonly ok: boolean; readonly detail?: string }): void
  remove(name: string): void
  checks(): Readonly<Record<string, HealthCheck>>
}

export function createHealth(now: () => number = Date.now): Health {
  const checks = new Map<string, HealthCheck>()
  return {
    set(name, state) {
      const known = checks.get(name)
      const since = known !== undefined && known.ok === state.ok ? known.since : new Date(now()).toISOString()
      checks.set(name, {
        ok: state.ok,
        since,
        ...(state.detail === undefined ? {} : { detail: state.detail }),
      })
    },
    remove: (name) => void checks.delete(name),
    checks: () => Object.fromEntries(checks),
  }
}
