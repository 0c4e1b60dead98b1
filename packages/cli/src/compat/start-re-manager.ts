import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { CompatError } from './compat-error.ts'
import { expandHome } from './home-path.ts'
import { managerFolder } from './manager-folder.ts'
import { managerArguments, type ManagerOptions } from './manager-options.ts'
import { effectiveSettings, type EffectiveSettings, type ManagerSettings } from './manager-settings.ts'
import { readManagerYaml } from './manager-yaml.ts'
import { parseArguments } from './python-arguments.ts'
import { pythonPackage, pythonWords, type PythonPackage } from './python-package.ts'
import type { StartMessage } from './re-manager-messages.ts'
import { managerLine } from './manager-line.ts'
import { writeSettingsFile } from './settings-file.ts'
import { watchManager } from './watch-manager.ts'

/** `start-re-manager`: reads options, variables and files and keeps a manager process running. Resolves with the exit code. */
export async function startReManager(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const parsed = parseArguments(managerArguments, args)
  if (parsed.kind === 'help') {
    process.stdout.write(parsed.text)
    return 0
  }
  if (parsed.kind === 'misuse') {
    process.stderr.write(parsed.text)
    return 2
  }
  try {
    return await run(parsed.options, environment)
  } catch (error) {
    if (!(error instanceof CompatError)) throw error
    process.stderr.write(`start-re-manager: ${error.message}\n`)
    return 1
  }
}

async function run(
  options: ManagerOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const configPath = options.config_path ?? environment['QSERVER_CONFIG']
  const yaml =
    typeof configPath === 'string' && configPath !== ''
      ? readManagerYaml(expandHome(configPath), environment)
      : {}
  const packages = new Map<string, PythonPackage | null>()
  const packageOf = (python: string): PythonPackage | null => {
    const known = packages.get(python)
    if (known !== undefined) return known
    const found = pythonPackage(pythonWords(python))
    packages.set(python, found)
    return found
  }
  const effective = effectiveSettings({
    options,
    yaml,
    environment,
    pythonDemo: (python) => packageOf(python)?.demoFolder ?? null,
  })
  const { settings, own, startup, warnings } = effective
  const log = (level: 'INFO' | 'WARNING' | 'ERROR', text: string): void => {
    const number = { INFO: 20, WARNING: 30, ERROR: 40 }[level]
    if (!settings.print_console_output || settings.console_logging_level > number) return
    process.stdout.write(
      managerLine({ level, source: 'start_manager', text, debug: settings.console_logging_level <= 10 }),
    )
  }
  for (const warning of warnings) log('WARNING', warning)
  const savePath = environment['QSERVER_SETTINGS_SAVE_TO_FILE']
  if (savePath !== undefined && savePath !== '') {
    const problem = writeSettingsFile(savePath, settings)
    if (problem !== null) log('ERROR', `Failed to save current settings to file '${savePath}': ${problem}`)
  }
  log('INFO', `RE Manager configuration:\n${settingsText(settings)}`)
  checkPaths(effective)
  const python = own.worker === 'python' ? packageOf(own.python) : null
  if (own.worker === 'python' && python === null) {
    log('WARNING', `'${own.python}' has no package bluesky_queueserver: the environment will not open.`)
  }
  const start: StartMessage = {
    kind: 'start',
    settings,
    own,
    dataDir:
      own.data === null
        ? managerFolder(settings.zmq_control_addr, environment)
        : resolve(expandHome(own.data)),
    python: pythonWords(own.python),
    versionText: python?.version ?? '',
    demoFolder: startup.demo ? startup.dir : null,
    restarted: false,
    workerPid: null,
  }
  return await watchManager(start, log)
}

function settingsText(settings: ManagerSettings): string {
  return Object.entries(settings)
    .map(([key, value]: [string, unknown]) => {
      const secret = (key === 'zmq_private_key' || key === 'emergency_lock_key') && value !== null
      return `    ${key}: ${secret ? "'*******'" : JSON.stringify(value)}`
    })
    .join('\n')
}

/** What is missing is told before anything starts. Throws CompatError. */
function checkPaths({ settings, startup }: EffectiveSettings): void {
  const {
    startup_dir: dir,
    existing_plans_and_devices_path: lists,
    user_group_permissions_path: permissions,
  } = settings
  if (dir !== null && !existsSync(dir)) throw new CompatError(`Startup directory '${dir}' does not exist`)
  if (dir !== null && !statSync(dir).isDirectory()) {
    throw new CompatError(`Startup directory '${dir}' is not a directory`)
  }
  if (startup.demo && startup.worker === 'native') return
  if (startup.worker === 'python' && startup.demo && dir === null) {
    throw new CompatError(
      'No startup code is named and the Python of the worker has no bluesky_queueserver with a demo.',
    )
  }
  if (lists === null) {
    throw new CompatError(
      'The path to the list of existing plans and devices (--existing-plans-devices) is not specified.',
    )
  }
  if (permissions === null) {
    throw new CompatError(
      'The path to the file containing user group permissions (--user-group-permissions) is not specified.',
    )
  }
  if (!existsSync(dirname(lists))) {
    throw new CompatError(
      `The directory for list of plans and devices ('${dirname(lists)}') does not exist. ` +
        'Create the directory manually and restart RE Manager.',
    )
  }
}
