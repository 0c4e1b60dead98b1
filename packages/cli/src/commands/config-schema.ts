import { allSections } from '../config/all-sections.ts'
import { jsonSchema } from '../config/json-schema.ts'
import { printJson } from '../print.ts'

export function configSchema(): Promise<number> {
  printJson(jsonSchema(allSections))
  return Promise.resolve(0)
}
