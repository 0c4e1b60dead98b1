import type { FieldSpec, Section } from '@beamtime/service-kit'

type Schema = Record<string, unknown>

/** JSON Schema (2020-12) of the configuration file, for editors that complete TOML. */
export function jsonSchema(sections: readonly Section[]): Schema {
  const root: Schema = objectSchema('Configuration of Beamtime')
  propertiesOf(root)['include'] = { type: 'array', items: { type: 'string' }, description: 'Further files.' }
  for (const section of sections) {
    let table = root
    for (const part of section.name.split('.')) {
      if (part === '*') {
        const entry = objectSchema('')
        table['additionalProperties'] = entry
        table = entry
      } else {
        const known = propertiesOf(table)
        table = (known[part] ??= objectSchema('')) as Schema
      }
    }
    for (const [name, field] of Object.entries(section.fields)) propertiesOf(table)[name] = fieldSchema(field)
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...root }
}

function objectSchema(title: string): Schema {
  return { ...(title === '' ? {} : { title }), type: 'object', properties: {}, additionalProperties: false }
}

function propertiesOf(schema: Schema): Schema {
  return schema['properties'] as Schema
}

/** Any key may also be a text that refers to the environment or to a file. */
function fieldSchema(field: FieldSpec): Schema {
  const described = { description: field.doc, ...(field.default === null ? {} : { default: field.default }) }
  const reference = { type: 'string', pattern: '^(env:|file:/)' }
  switch (field.type) {
    case 'integer':
    case 'number':
      return {
        ...described,
        anyOf: [
          {
            type: field.type,
            ...(field.min === undefined ? {} : { minimum: field.min }),
            ...(field.max === undefined ? {} : { maximum: field.max }),
          },
          reference,
        ],
      }
    case 'boolean':
      return { ...described, anyOf: [{ type: 'boolean' }, reference] }
    case 'string':
      return {
        ...described,
        type: 'string',
        ...(field.pattern === undefined ? {} : { pattern: `${field.pattern.source}|^(env:|file:/)` }),
      }
    case 'enum':
      return { ...described, anyOf: [{ enum: [...field.values] }, reference] }
    case 'string[]':
      return { ...described, anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }] }
    case 'table':
      return { ...described, type: 'object' }
    case 'any':
      return described
  }
}
