import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { atomicWriteFile } from '@beamtime/service-kit'
import { allSections } from '../config/all-sections.ts'
import { commentedConfig } from '../config/commented-config.ts'
import { CliError } from '../error.ts'
import { printLine } from '../print.ts'

/** Writes a file that changes nothing until a line is uncommented. */
export async function configInit(
  file: string | undefined,
  options: { readonly force?: boolean },
): Promise<number> {
  const path = resolve(file ?? 'beamtime.toml')
  if (existsSync(path) && options.force !== true)
    throw new CliError({
      code: 'CLI_FAILED',
      message: `${path} exists`,
      remedy: 'name another file, or overwrite it with --force',
    })
  mkdirSync(dirname(path), { recursive: true })
  await atomicWriteFile(path, commentedConfig(allSections), { mode: 0o640 })
  printLine(`wrote ${path}`)
  return 0
}
