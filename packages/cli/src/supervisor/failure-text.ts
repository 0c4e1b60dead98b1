import { portHolder } from '../doctor/port-holder.ts'

/** What a service said about why it does not start, in one line: without its code, with who holds a taken port. */
export function failureLine(failure: { readonly message: string; readonly remedy: string }): string {
  const message = failure.message.replace(/^[A-Z][A-Z_]+: /, '')
  const port = /:(\d{1,5}) is taken/.exec(message)?.[1]
  const holder = port === undefined ? null : portHolder(Number(port))
  const text = holder === null ? message : message.replace('another process', holder)
  return failure.remedy === '' ? text : `${text}; ${failure.remedy}`
}
