/** Every section that this release knows; a test compares the list with the declared sections. */
export const sectionNames: readonly string[] = [
  'facility',
  'paths',
  'bus',
  'broker',
  'registry',
  'store',
  'replay',
  'keyvalue',
  'queue.*',
  'http',
  'http.manager',
  'http.auth',
  'http.access',
  'http.resources',
  'daq.*',
  'livedata.*',
  'livedata.env.*',
  'metrics',
  'log',
  'ops',
]

/** Names of sections right below this one: `http` has manager, auth, access and resources. */
export function subsectionsOf(name: string): readonly string[] {
  return sectionNames
    .filter((other) => other.startsWith(`${name}.`) && !other.endsWith('.*'))
    .map((other) => other.slice(name.length + 1))
}
