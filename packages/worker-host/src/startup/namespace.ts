import { isPlanFunction, signatureOf } from '@beamtime/run-engine'

/** What startup code and scripts have defined, by name. */
export interface Namespace {
  /** Handed to `setup(RE, namespace)`, which may change it. */
  readonly values: Record<string, unknown>
  /** Adds exports; a name that exists is replaced and told as shadowed. */
  add(exports: Readonly<Record<string, unknown>>, module: string): void
  /** Adds what has no name of its own yet. */
  addMissing(values: Readonly<Record<string, unknown>>, module: string): void
  /** The module that a name comes from. */
  moduleOf(name: string): string
}

const reserved = new Set(['default', 'setup', '__proto__'])

export function createNamespace(onShadowed: (name: string, by: string) => void): Namespace {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  const modules = new Map<string, string>()

  function put(name: string, value: unknown, module: string): void {
    values[name] = value
    modules.set(name, module)
  }

  return {
    values,
    add(exports, module) {
      for (const [exported, value] of Object.entries(exports)) {
        if (reserved.has(exported)) continue
        const name = wireName(exported, value)
        const isNew = !(name in values)
        if (!isNew && values[name] !== value) onShadowed(name, module)
        if (isNew || values[name] !== value) put(name, value, module)
      }
    },
    addMissing(extra, module) {
      for (const [name, value] of Object.entries(extra)) if (!(name in values)) put(name, value, module)
    },
    moduleOf: (name) => modules.get(name) ?? '__main__',
  }
}

/** An annotated plan goes by the name of its annotation (`rel_scan` for the export `relScan`). */
function wireName(exported: string, value: unknown): string {
  if (!isPlanFunction(value)) return exported
  const signature = signatureOf(value)
  // Of a plan that was not annotated each call makes a new signature.
  return signature === signatureOf(value) ? signature.name : exported
}
