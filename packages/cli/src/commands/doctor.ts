import { allSections } from '../config/all-sections.ts'
import { checkConfig } from '../config/check-config.ts'
import { listenAddresses } from '../config/cross-checks.ts'
import type { Config } from '../config/load-config.ts'
import { listenProblem, splitAddress } from '../config/online-checks.ts'
import { sectionTables } from '../config/section-tables.ts'
import { bad, ok, type Check } from '../doctor/check.ts'
import { machineChecks } from '../doctor/machine-checks.ts'
import { clusterChecks, platformChecks } from '../doctor/platform-checks.ts'
import { pythonChecks } from '../doctor/python-checks.ts'
import { portHolder } from '../doctor/port-holder.ts'
import { findPlatform, type Platform } from '../platform-access.ts'
import { printJson, printLine } from '../print.ts'
import type { PlaceOptions } from './run-action.ts'

/** Exit code 1 when a check is bad; warnings leave it 0. */
export async function doctor(options: PlaceOptions & { readonly json?: boolean }): Promise<number> {
  const platform = await findPlatform(options)
  const { config } = platform
  const checks = [
    ...machineChecks(config.dataDir),
    ...configChecks(config),
    ...(await portChecks(platform)),
    ...(await clusterChecks(config)),
    ...(await pythonChecks(config)),
    ...(await platformChecks(platform)),
  ]
  const isBad = checks.some((check) => check.state === 'bad')
  if (options.json === true) printJson({ ok: !isBad, checks })
  else printChecks(checks)
  return isBad ? 1 : 0
}

function configChecks(config: Config): readonly Check[] {
  const problems = checkConfig(config, allSections)
  const where = config.file ?? 'no file, defaults'
  if (problems.length === 0) return [ok('configuration', where)]
  return problems.map((problem) => ({
    name: 'configuration',
    state: problem.severity === 'error' ? 'bad' : 'warn',
    detail: `${problem.key}: ${problem.what}`,
    remedy: problem.remedy,
  }))
}

/** Ports are free, or held by the services of this platform. */
async function portChecks(platform: Platform): Promise<readonly Check[]> {
  const { config, record } = platform
  const values = new Map(
    sectionTables(config, allSections).map((table) => [
      table.name,
      config.examine(table.section, table.name).values,
    ]),
  )
  const ours = new Set(
    (record?.services ?? []).flatMap((service) => service.endpoints.map((end) => portOf(end.url))),
  )
  return await Promise.all(
    listenAddresses(config, values).map(async ([key, address]) => {
      const { port } = splitAddress(address)
      const name = `port ${port}`
      if (ours.has(port)) return ok(name, `${key}, in use by the platform`)
      const problem = await listenProblem(address)
      if (problem === null) return ok(name, `${key}, free`)
      const holder = portHolder(port) ?? 'another process'
      return bad(name, `${key}: ${problem} (${holder})`, `stop ${holder}, or change ${key}`)
    }),
  )
}

function portOf(url: string): number {
  return Number(/:(\d+)(\/|$)/.exec(url)?.[1] ?? 0)
}

const marks: Readonly<Record<Check['state'], readonly [plain: string, colored: string]>> = {
  ok: ['ok  ', '\u001b[32mok\u001b[0m  '],
  warn: ['warn', '\u001b[33mwarn\u001b[0m'],
  bad: ['bad ', '\u001b[31mbad\u001b[0m '],
}

function printChecks(checks: readonly Check[]): void {
  const width = Math.max(...checks.map((check) => check.name.length))
  for (const { state, name, detail, remedy } of checks) {
    const mark = marks[state][process.stdout.isTTY ? 1 : 0]
    printLine(`${mark}  ${name.padEnd(width)}  ${detail}${remedy === '' ? '' : `  → ${remedy}`}`)
  }
}
