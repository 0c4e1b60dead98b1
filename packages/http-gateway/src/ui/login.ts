/** Body of every 4xx and 5xx answer but the CSRF refusal, which is plain text with status 403. */
export interface ApiError {
  readonly detail:
    | string
    | readonly { readonly loc: readonly (string | number)[]; readonly msg: string; readonly type: string }[]
  /** With status 500: the id under which the error stands in the log. */
  readonly id?: string
}

/** GET /api/auth/providers (open). */
export interface AuthModes {
  /** `single-user`: log in with the one key. `multi-user`: choose a provider. */
  readonly mode: 'single-user' | 'multi-user'
  /** True when the public may look without a login. */
  readonly anonymous: boolean
  readonly providers: readonly {
    readonly name: string
    readonly mode: 'password' | 'external'
    readonly login_url: string
    readonly confirmation_message: string | null
  }[]
}

/** Body of POST /api/ui/login. Answer: LoginAnswer and the session cookie; 401 ApiError. */
export type LoginRequest =
  | { readonly api_key: string }
  | { readonly provider: string; readonly username: string; readonly password: string }

export interface UserInfo {
  /** As the manager sees it, e.g. `UNAUTHENTICATED_SINGLE_USER`. */
  readonly name: string
  /** For people: `operator` instead of the constant of the single-user mode. */
  readonly label: string
  readonly group: string
  readonly kind: 'single-user' | 'user' | 'public'
}

export interface LoginAnswer {
  readonly user: UserInfo
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** Send this value as header `x-csrf` with every POST, PUT and DELETE that the cookie authenticates. */
  readonly csrf: string
}
