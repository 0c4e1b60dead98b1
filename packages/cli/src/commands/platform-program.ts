import type { Command } from 'commander'
import { withExamples, withPlace, type PlaceOptions, type RunAction } from './run-action.ts'

/** up, down, restart, status, logs, doctor. */
export function addPlatformCommands(program: Command, run: RunAction): void {
  withExamples(
    withPlace(program.command('up'))
      .description('Start the platform and keep it running until Ctrl-C.')
      .option('--json', 'one JSON object a line for each event')
      .action(
        run(async (options: PlaceOptions & { json?: boolean }) => (await import('./up.ts')).runUp(options)),
      ),
    'beamtime up',
    'beamtime up --profile demo --data /data/25idc',
  )
  withExamples(
    withPlace(program.command('down'))
      .description('Stop the platform of a data directory.')
      .option('--json', 'print the result as JSON')
      .action(
        run(async (options: PlaceOptions & { json?: boolean }) => (await import('./down.ts')).down(options)),
      ),
    'beamtime down',
    'beamtime down --data /data/25idc',
  )
  withExamples(
    withPlace(program.command('restart <role>'))
      .description('Restart one service of a running platform.')
      .option('--json', 'print the result as JSON')
      .action(
        run(async (role: string, options: PlaceOptions & { json?: boolean }) =>
          (await import('./restart.ts')).restart(role, options),
        ),
      ),
    'beamtime restart store',
    'beamtime restart queue@main',
  )
  withExamples(
    withPlace(program.command('status'))
      .description('Show the services of a platform. Exit code 1 when it does not run.')
      .option('--json', 'print everything as JSON')
      .action(
        run(async (options: PlaceOptions & { json?: boolean }) =>
          (await import('./status.ts')).status(options),
        ),
      ),
    'beamtime status',
    'beamtime status --json',
  )
  withExamples(
    withPlace(program.command('logs [role]'))
      .description('Show the logs of all services or of one.')
      .option('-f, --follow', 'wait for further lines')
      .option('-n, --lines <count>', 'last lines to show (default: 50)')
      .option('--level <level>', 'only lines of this level and graver: trace debug info warn error')
      .option('--json', 'lines as they are in the files')
      .action(
        run(async (role: string | undefined, options: PlaceOptions & Record<string, string | boolean>) =>
          (await import('./logs.ts')).logs(role, options),
        ),
      ),
    'beamtime logs -f',
    'beamtime logs queue@main -n 200 --level warn',
  )
  withExamples(
    withPlace(program.command('doctor'))
      .description('Check this machine and the platform on it. Exit code 1 when something is bad.')
      .option('--json', 'print the checks as JSON')
      .action(
        run(async (options: PlaceOptions & { json?: boolean }) =>
          (await import('./doctor.ts')).doctor(options),
        ),
      ),
    'beamtime doctor',
    'beamtime doctor --json',
  )
}
