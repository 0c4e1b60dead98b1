/**
 * A regular expression in Python's spelling as JavaScript's; null when it is not one. Differences that occur in name
 * patterns: named groups, `\A` and `\Z`, leading global flags.
 */
export function pythonRegExp(source: string): RegExp | null {
  const flags = /^\(\?([aimsux]+)\)/.exec(source)
  const body = flags === null ? source : source.slice(flags[0].length)
  const translated = body
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$')
  const kept = Array.from(flags?.[1] ?? '').filter((flag) => 'ims'.includes(flag))
  try {
    return new RegExp(translated, kept.join(''))
  } catch {
    return null
  }
}
