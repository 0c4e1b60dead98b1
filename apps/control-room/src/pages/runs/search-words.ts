/** The words of the runs search: `name:value` terms as chips, the rest as free text. Values with spaces are quoted. */
export interface SearchWords {
  readonly terms: readonly SearchTerm[]
  readonly text: string
}

export interface SearchTerm {
  readonly name: string
  readonly value: string
}

const termPattern = /(?:^|\s)([A-Za-z][\w.]*)(:|>=?|<=?|=)("(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s|$)/g
const known = new Set(['plan', 'sample', 'user', 'status', 'scan', 'motor', 'detector', 'since', 'until'])

export function parseSearch(query: string): SearchWords {
  const terms: SearchTerm[] = []
  const text = query
    .replaceAll(termPattern, (...[whole, name, operator, value]: [string, string, string, string]) => {
      if (operator !== ':' || !(known.has(name) || name.startsWith('md.'))) return whole
      terms.push({ name, value: unquoted(value) })
      return ' '
    })
    .replaceAll(/\s+/g, ' ')
    .trim()
  return { terms, text }
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
}

export function printTerm({ name, value }: SearchTerm): string {
  return `${name}:${/[\s"]/.test(value) || value === '' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value}`
}

export function printSearch({ terms, text }: SearchWords): string {
  return [...terms.map(printTerm), text].filter((part) => part !== '').join(' ')
}

export function hasTerm(words: SearchWords, term: SearchTerm): boolean {
  return words.terms.some((other) => other.name === term.name && other.value === term.value)
}

/** Adds the term or takes it away. */
export function toggleTerm(words: SearchWords, term: SearchTerm): SearchWords {
  if (hasTerm(words, term))
    return {
      ...words,
      terms: words.terms.filter((other) => !(other.name === term.name && other.value === term.value)),
    }
  return { ...words, terms: [...words.terms, term] }
}

/** Replaces all terms of these names. */
export function withTerms(
  words: SearchWords,
  names: readonly string[],
  terms: readonly SearchTerm[],
): SearchWords {
  return { ...words, terms: [...words.terms.filter((term) => !names.includes(term.name)), ...terms] }
}
