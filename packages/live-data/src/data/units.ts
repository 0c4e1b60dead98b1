/* Unit texts. Parameters spell microseconds with U+03BC, results with U+00B5 (as scipp prints it); both are read. */

const nsPerTimeUnit: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }

/** The spelling that stands in results: `µs`, `Å`, `dimensionless`. Unknown texts stay as they are. */
export function wireUnit(text: string): string {
  switch (text) {
    case 'us':
    case '\u03bcs':
      return '\u00b5s'
    case 'angstrom':
    case 'Angstrom':
    case '\u212b':
      return '\u00c5'
    case 'one':
    case '':
      return 'dimensionless'
    case 'degree':
    case 'degrees':
      return 'deg'
    default:
      return text
  }
}

/** Nanoseconds in one of the unit; null for what is no time. */
export function timeUnitNs(text: string): number | null {
  const plain = text === '\u00b5s' || text === '\u03bcs' ? 'us' : text
  return nsPerTimeUnit[plain] ?? null
}
