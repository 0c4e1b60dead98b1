import type { Command } from 'commander'
import type { ExportOptions, ListOptions, RunsOptions } from '../runs/runs-options.ts'
import { withExamples, withPlace, type RunAction } from './run-action.ts'

function withCatalog(command: Command): Command {
  return withPlace(command)
    .option('--catalog <name>', "catalog (default: the one of the first queue's documents)")
    .option('--json', 'print as JSON')
}

/** runs list, show, export, documents: read from the store's files, whether the platform runs or not. */
export function addRunsCommands(program: Command, run: RunAction): void {
  const runs = program.command('runs').description('Find, show and export finished and running runs.')
  withExamples(
    withCatalog(runs.command('list [words...]'))
      .description(
        'List runs, the latest first. Words search as in the control room: plan:scan sample:Fe since:7d.',
      )
      .option('--plan <name>', 'only runs of this plan')
      .option('--sample <name>', 'only runs of this sample')
      .option('--user <name>', 'only runs of this user')
      .option('--status <status>', 'success, abort, fail or running')
      .option('--since <time>', 'a date, a time, or 7d, 12h')
      .option('--until <time>', 'as --since')
      .option('-n, --lines <count>', 'runs to list (default: 20)')
      .action(
        run(async (words: string[], options: ListOptions) =>
          (await import('./runs-list.ts')).runsList(words, options),
        ),
      ),
    'beamtime runs list',
    'beamtime runs list --plan scan --sample Fe --since 7d -n 100',
    'beamtime runs list --json',
  )
  withExamples(
    withCatalog(runs.command('show <run>'))
      .description('Show one run: -1 is the latest, or a scan id, or the start of its uid.')
      .action(
        run(async (key: string, options: RunsOptions) =>
          (await import('./runs-show.ts')).runsShow(key, options),
        ),
      ),
    'beamtime runs show -1',
    'beamtime runs show 1042 --json',
  )
  withExamples(
    withCatalog(runs.command('export <run>'))
      .description(
        'Write a run as CSV (one stream) or with all documents as JSON, JSON lines or MessagePack.',
      )
      .option(
        '--format <format>',
        'csv, json, jsonl or msgpack (default: from the name of the file, else csv)',
      )
      .option('--stream <name>', 'stream of a table (default: primary)')
      .option('-o, --output <file>', 'file to write (default: standard output)')
      .action(
        run(async (key: string, options: ExportOptions) =>
          (await import('./runs-export.ts')).runsExport(key, options),
        ),
      ),
    'beamtime runs export -1 --format csv',
    'beamtime runs export -1 -o run.jsonl',
  )
  withExamples(
    withCatalog(runs.command('documents <run>'))
      .description('Print the documents of a run, one a line.')
      .action(
        run(async (key: string, options: RunsOptions) =>
          (await import('./runs-export.ts')).runsDocuments(key, options),
        ),
      ),
    'beamtime runs documents -1',
  )
}
