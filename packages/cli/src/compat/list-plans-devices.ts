import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { makeListsFile, queueConfig } from '@beamtime/queue-manager'
import { parseSection } from '@beamtime/service-kit'
import { beamtimeCommand } from '../supervisor/platform-services.ts'
import { CompatError } from './compat-error.ts'
import { expandHome } from './home-path.ts'
import { managerOptions, type ManagerOptions } from './manager-options.ts'
import { parseArguments, type ArgumentTable } from './python-arguments.ts'
import { pythonPackage, pythonWords } from './python-package.ts'
import { startupChoice, type StartupChoice } from './startup-choice.ts'

const {
  startup_profile,
  startup_module,
  startup_script,
  startup_dir,
  ipython_dir,
  ignore_invalid_plans,
  device_max_depth,
  use_ipython_kernel,
  worker,
  python,
} = managerOptions

const options = {
  file_dir: {
    flags: ['--file-dir'],
    takes: 'value',
    help: 'Folder of the file (default: the current folder).',
  },
  file_name: {
    flags: ['--file-name'],
    takes: 'value',
    help: 'Name of the file (default existing_plans_and_devices.yaml).',
  },
  startup_profile,
  startup_module,
  startup_script,
  startup_dir,
  ipython_dir,
  ignore_invalid_plans,
  device_max_depth,
  use_ipython_kernel,
  worker,
  python,
} as const satisfies ArgumentTable<string>['options']

const table: ArgumentTable<keyof typeof options> = {
  program: 'qserver-list-plans-devices',
  description: 'Loads startup code and writes the lists of its plans and devices to a file.',
  options,
  positional: null,
}

type Environment = Readonly<Record<string, string | undefined>>

/** `qserver-list-plans-devices`: resolves with the exit code, 1 when the startup code fails. */
export async function listPlansDevices(args: readonly string[], environment: Environment): Promise<number> {
  const parsed = parseArguments(table, args)
  if (parsed.kind !== 'parsed') {
    const stream = parsed.kind === 'help' ? process.stdout : process.stderr
    stream.write(parsed.text)
    return parsed.kind === 'help' ? 0 : 2
  }
  const text = (name: keyof typeof options): string | null => {
    const value = parsed.options[name]
    return typeof value === 'string' ? value : null
  }
  if (text('use_ipython_kernel') === 'ON') {
    process.stderr.write('IPython kernel mode is not supported: leave out --use-ipython-kernel=ON.\n')
    return 1
  }
  const folder = resolve(expandHome(text('file_dir') ?? '.'))
  if (!existsSync(folder)) {
    process.stderr.write(`The folder '${folder}' does not exist.\n`)
    return 1
  }
  try {
    const problem = await write(join(folder, text('file_name') ?? 'existing_plans_and_devices.yaml'), {
      options: parsed.options,
      environment,
    })
    if (problem === null) return 0
    process.stderr.write(`${problem.traceback}\n${problem.msg}\n`)
  } catch (error) {
    if (!(error instanceof CompatError)) throw error
    process.stderr.write(`${error.message}\n`)
  }
  return 1
}

async function write(
  path: string,
  given: { readonly options: ManagerOptions; readonly environment: Environment },
): Promise<{ readonly msg: string; readonly traceback: string } | null> {
  const { environment } = given
  const text = (name: 'worker' | 'python' | 'device_max_depth'): string | null => {
    const value = given.options[name]
    return typeof value === 'string' ? value : null
  }
  const command = pythonWords(text('python') ?? environment['BEAMTIME_PYTHON'] ?? 'python3')
  const choice = startupChoice({
    options: given.options,
    yaml: {},
    forced: text('worker') ?? environment['BEAMTIME_WORKER'] ?? null,
    pythonDemo: () => pythonPackage(command)?.demoFolder ?? null,
    ipythonDir: environment['IPYTHONDIR'],
  })
  const dataDir = mkdtempSync(join(tmpdir(), 'beamtime-lists-'))
  try {
    return await makeListsFile({
      path,
      dataDir,
      queue: parseSection(
        queueConfig,
        {
          ...sourceOf(choice),
          worker: choice.worker,
          python: command,
          device_max_depth: Number(text('device_max_depth') ?? 0),
          ignore_invalid_plans: given.options.ignore_invalid_plans === 'ON',
        },
        { key: 'qserver-list-plans-devices' },
      ),
      workerCommand: [...beamtimeCommand(), 'worker-host'],
    })
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function sourceOf({ dir, module, script }: StartupChoice): Record<string, string> {
  if (module !== null) return { startup_module: module }
  if (script !== null) return { startup_script: script }
  return dir === null ? {} : { startup_dir: dir }
}
