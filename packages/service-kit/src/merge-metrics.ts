/** Joins Prometheus texts of several processes: each family once, with the samples of all. The processes tell themselves apart by labels. */
export function mergeMetrics(texts: readonly string[]): string {
  const families = new Map<string, { readonly head: string[]; readonly samples: string[] }>()
  for (const text of texts) {
    let current: { readonly head: string[]; readonly samples: string[] } | null = null
    let isFirst = false
    for (const line of text.split('\n')) {
      if (line === '') continue
      const comment = /^# (HELP|TYPE) (\S+)/.exec(line)
      if (comment === null) {
        current?.samples.push(line)
        continue
      }
      const name = comment[2] ?? ''
      if (comment[1] === 'HELP') isFirst = !families.has(name)
      current = families.get(name) ?? { head: [], samples: [] }
      families.set(name, current)
      if (isFirst) current.head.push(line)
    }
  }
  return `${[...families.values()].map((one) => [...one.head, ...one.samples].join('\n')).join('\n')}\n`
}
