import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { CompatError } from './compat-error.ts'

export function readScriptFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable('script', `the script from file '${path}'`, error)
  }
}

export function readYamlFile(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw unreadable('permissions', `the user group permissions from file '${path}'`, error)
  }
}

function unreadable(request: string, what: string, error: unknown): CompatError {
  return new CompatError(
    `Request '${request}': failed to read ${what}: ${error instanceof Error ? error.message : String(error)}`,
  )
}
