import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StartupFile } from '../startup/startup-loader.ts'
import type { ScriptToLoad } from '../worker-engine.ts'

export interface ScriptFile extends StartupFile {
  /** Only import needs the file. */
  remove(): void
}

/** Puts an uploaded script where the module loader finds it. */
export function writeScript(folder: string, script: ScriptToLoad): ScriptFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${script.task_uid.replaceAll(/[^\w-]/g, '_')}.ts`)
  writeFileSync(path, script.script, { mode: 0o600 })
  return {
    path,
    specifier: pathToFileURL(path).href,
    module: 'script',
    remove() {
      rmSync(path, { force: true })
    },
  }
}
