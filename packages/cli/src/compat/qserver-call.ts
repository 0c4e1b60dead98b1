import { CompatError } from './compat-error.ts'

/** A method of the manager and its parameters, as the words of a `qserver` command name them. */
export interface QserverCall {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

export const qserverUser = 'qserver-cli'
export const qserverGroup = 'primary'

export function unsupported(...words: readonly string[]): CompatError {
  return new CompatError(`Request '${words.join(' ')}' is not supported`)
}
