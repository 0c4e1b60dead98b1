/* InfluxDB line protocol: measurement[,tag=value...] field=value time. Commas, spaces and (in tags) equals signs are escaped by a
 * backslash; a line break cannot be. Source: InfluxDB documentation, "Line protocol reference".
 * Prometheus text 0.0.4: name[{label="value",...}] number [time], and comments. */

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/s
const labelPair = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/sy

/**
 * One line for each sample of a Prometheus text: the measurement is the sample's name, the tags are its labels, the field is
 * `value`, the time is in ms. What InfluxDB has no form for is left out: NaN, infinities and empty labels.
 */
export function influxLines(text: string, atMs: number): string[] {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name, labels = '', number = ''] = sampleLine.exec(line) ?? []
    const value = Number(number)
    if (name === undefined || !Number.isFinite(value)) continue
    const tags = tagsOf(labels)
    if (tags !== null) lines.push(`${name}${tags} value=${value} ${Math.round(atMs)}`)
  }
  return lines
}

/** `,name=value` for each label, in the order of names as InfluxDB likes it best; null when they do not read. */
function tagsOf(labels: string): string | null {
  const tags: string[] = []
  labelPair.lastIndex = 0
  while (labelPair.lastIndex < labels.length) {
    const [, name, value = ''] = labelPair.exec(labels) ?? []
    if (name === undefined) return null
    const plain = tagValue(value)
    if (plain !== '') tags.push(`,${name}=${plain}`)
  }
  return tags.toSorted().join('')
}

const unescaped: Readonly<Record<string, string>> = { n: ' ', '"': '"', '\\': '\\' }

function tagValue(label: string): string {
  const text = label
    .replace(/\\(.)/gs, (_, letter: string) => unescaped[letter] ?? letter)
    .replace(/[\r\n\t]/g, ' ')
    // A backslash at the end would escape what follows the tag, and cannot be escaped itself.
    .replace(/[\\\s]+$/, '')
  return text.replace(/([,= ])/g, '\\$1')
}
