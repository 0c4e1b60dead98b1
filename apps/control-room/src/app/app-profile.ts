/** Which workflows a page shows: a dashboard on a port of its own shows one group, and nothing but live data. */
export type Profile = 'all' | 'monitors' | 'detectors' | 'reduction'

/** What the server wrote into the page for the port that it came from. */
export function profileOfPage(): { readonly profile: Profile; readonly instrument: string | null } {
  const meta = document.querySelector('meta[name="app-profile"]')
  const content = meta?.getAttribute('content')
  const profile = (['monitors', 'detectors', 'reduction'] as const).find((one) => one === content) ?? 'all'
  return { profile, instrument: meta?.getAttribute('data-instrument') ?? null }
}
