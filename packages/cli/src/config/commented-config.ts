import type { FieldSpec, Section } from '@beamtime/service-kit'

/** A configuration file with every key as a comment: value is the default, the sentence stands above. */
export function commentedConfig(sections: readonly Section[]): string {
  const lines = [
    '# Configuration of Beamtime. Every line is a comment with the default of its key: remove the # to change it.',
    '# `beamtime config check` checks the file, `beamtime config explain KEY` tells more about a key.',
  ]
  for (const section of sections) {
    lines.push('', `# [${section.name.replace('*', 'main')}]`)
    for (const [name, field] of Object.entries(section.fields)) {
      const unit = 'unit' in field && field.unit !== undefined ? ` (${field.unit})` : ''
      lines.push(`# ${field.doc}${choicesOf(field)}${unit}`, `#${name} = ${tomlValue(field.default)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function choicesOf(field: FieldSpec): string {
  return field.type === 'enum' ? ` One of: ${field.values.join(', ')}.` : ''
}

/** One value as TOML on one line; what TOML cannot say (no value) is the empty text. */
export function tomlValue(value: unknown): string {
  if (value === null || value === undefined) return '""'
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([name, entry]) => `${tomlKey(name)} = ${tomlValue(entry)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  return `${value as number | boolean}`
}

function tomlKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)
}
