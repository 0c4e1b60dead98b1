import type { Scope } from '../auth/scopes.ts'

/*
 * Routes that hand one call to the manager (HTTP server contract, sections 3.1 to 3.3).
 * `R` there is `bodyRequired` here, `P` is `uncheckedWithout`, `L` is `lock`.
 */
export interface ManagerRoute {
  readonly http: 'GET' | 'POST'
  /** Path below /api. */
  readonly path: string
  readonly call: string
  readonly scope: Scope
  readonly keys?: readonly string[]
  /** Keys without which the request is refused with 400. */
  readonly must?: readonly string[]
  readonly lock?: true
  readonly bodyRequired?: true
  /** Without this key the object goes to the manager unchecked, whose refusal then is a 200. */
  readonly uncheckedWithout?: string
  /** Which of `user` and `user_group` the server sets; what a client sent there is overwritten. */
  readonly sets?: 'user-and-group' | 'user' | 'group'
  readonly fixed?: Readonly<Record<string, unknown>>
  /** Key of the answer that names the version of its content; makes an ETag. */
  readonly version?: string
  /** Keys that the server takes out before the call. */
  readonly ours?: readonly string[]
  /** The plan and device lists word an unknown key differently. */
  readonly keyErrors?: 'call' | 'set'
  /** The sentence of the reference. */
  readonly doc: string
  /** A read that several callers may share. */
  readonly shared?: true
}

export const read = { http: 'GET', shared: true } as const
export const write = { http: 'POST', lock: true } as const
/** Accepted on reads of the peers that cache; nothing is cached here. */
export const cached = ['reload'] as const
