import { ConfigError, type ConfigProblem, formatProblem } from '@beamtime/service-kit'
import { allSections } from '../config/all-sections.ts'
import { checkConfig } from '../config/check-config.ts'
import { type Config, loadConfig } from '../config/load-config.ts'
import { onlineChecks } from '../config/online-checks.ts'
import { printJson, printLine } from '../print.ts'
import type { PlaceOptions } from './run-action.ts'

interface CheckOptions extends PlaceOptions {
  readonly online?: boolean
  readonly quiet?: boolean
  readonly json?: boolean
}

/** 0 without errors (warnings may be there), 1 with errors, 2 when the file cannot be read. */
export async function configCheck(options: CheckOptions): Promise<number> {
  const reading = read(options)
  if (!reading.ok) {
    report(reading.problems, null, options)
    return reading.exitCode
  }
  const { config } = reading
  const problems = [
    ...checkConfig(config, allSections),
    ...(options.online === true ? await onlineChecks(config, allSections) : []),
  ]
  report(problems, config.file, options)
  return problems.some((problem) => problem.severity === 'error') ? 1 : 0
}

type Reading =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly exitCode: number; readonly problems: readonly ConfigProblem[] }

function read(options: PlaceOptions): Reading {
  try {
    return { ok: true, config: loadConfig(options) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (error.code !== 'CONFIG_UNREADABLE' && error.problems.length > 0)
      return { ok: false, exitCode: 1, problems: error.problems }
    const what = error.message.replace(`${error.code}: `, '')
    return {
      ok: false,
      exitCode: 2,
      problems: [{ severity: 'error', key: 'file', position: null, what, remedy: error.remedy }],
    }
  }
}

function report(problems: readonly ConfigProblem[], file: string | null, options: CheckOptions): void {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  if (options.json === true) {
    printJson({ ok: errors === 0, file, problems })
    return
  }
  for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
  if (options.quiet === true) return
  const warnings = problems.length - errors
  const found = errors === 0 ? 'good' : `${errors} ${errors === 1 ? 'error' : 'errors'}`
  printLine(`${file ?? 'no file, defaults'}: ${found}${warnings === 0 ? '' : `, ${warnings} warnings`}`)
}
