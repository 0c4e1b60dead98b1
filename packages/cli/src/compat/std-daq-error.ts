import { exitCodeOfFailure } from '../report-error.ts'

/** Says what went wrong as a program of the standard DAQ does: 2 for a wrong command line, else 1. */
export function reportFailure(program: string, error: unknown): number {
  const { code, remedy } = (error ?? {}) as { readonly code?: unknown; readonly remedy?: unknown }
  const text = error instanceof Error ? error.message : String(error)
  const plain = typeof code === 'string' ? text.replace(`${code}: `, '') : text
  const help = typeof remedy === 'string' ? `\n${remedy}` : ''
  const isMisuse = plain.startsWith('usage: ')
  process.stderr.write(isMisuse ? `${plain}\n` : `${program}: ${plain}${help}\n`)
  return isMisuse ? 2 : exitCodeOfFailure(error)
}
