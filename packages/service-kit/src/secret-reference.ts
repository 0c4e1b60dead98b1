import { readFileSync, statSync } from 'node:fs'

export type ReferenceResult =
  | { readonly kind: 'literal' }
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'missing'; readonly what: string; readonly remedy: string }
  | { readonly kind: 'refused'; readonly what: string; readonly remedy: string }

const maxSecretBytes = 65_536

/** True for `env:NAME` and `file:/path`, the two forms that keep a secret out of the file. */
export function isReference(text: string): boolean {
  return /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text) || /^file:\/./.test(text)
}

/**
 * Reads what `env:NAME` or `file:/path` stands for. A file must not be readable by everybody and holds at
 * most 64 KiB; one trailing line end is dropped. Any other text is a literal.
 */
export function resolveReference(text: string, environment: NodeJS.ProcessEnv): ReferenceResult {
  if (!isReference(text)) return { kind: 'literal' }
  if (text.startsWith('env:')) {
    const name = text.slice(4)
    const value = environment[name]
    return value === undefined
      ? { kind: 'missing', what: `environment variable ${name} is not set`, remedy: `set ${name}` }
      : { kind: 'value', value }
  }
  return readSecretFile(text.slice(5))
}

function readSecretFile(path: string): ReferenceResult {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) return { kind: 'refused', what: `${path} is not a file`, remedy: 'name a file' }
    if ((stat.mode & 0o004) !== 0)
      return { kind: 'refused', what: `${path} can be read by everybody`, remedy: `chmod o-r ${path}` }
    if (stat.size > maxSecretBytes)
      return {
        kind: 'refused',
        what: `${path} is larger than 64 KiB`,
        remedy: 'name the file that holds only the secret',
      }
    return { kind: 'value', value: readFileSync(path, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    return {
      kind: 'missing',
      what: `${path} cannot be read (${code})`,
      remedy: 'create it or correct the path',
    }
  }
}
