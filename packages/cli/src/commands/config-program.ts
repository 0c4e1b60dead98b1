import type { Command } from 'commander'
import { withExamples, withPlace, type PlaceOptions, type RunAction } from './run-action.ts'

type Json = { readonly json?: boolean }

/** config check, get, show, init, explain, schema. */
export function addConfigCommands(program: Command, run: RunAction): void {
  const config = program.command('config').description('Check, read and write the configuration.')
  withExamples(
    withPlace(config.command('check'))
      .description('Check the whole configuration. Exit code 0 = good, 1 = errors, 2 = file not readable.')
      .option('--online', 'also try ports, brokers and directories')
      .option('--quiet', 'print problems only')
      .option('--json', 'print the problems as JSON')
      .action(
        run(async (options: PlaceOptions & Json & { online?: boolean; quiet?: boolean }) =>
          (await import('./config-check.ts')).configCheck(options),
        ),
      ),
    'beamtime config check',
    'beamtime config check --config /etc/beamtime/config.toml --online',
  )
  withExamples(
    withPlace(config.command('get [key]'))
      .description('Print one value. Exit code 3 when there is no such key.')
      .option('--all', 'print everything, as config show')
      .option('--toml', 'print as TOML')
      .option('--json', 'print as JSON')
      .option('--default <value>', 'printed when the key does not exist')
      .option('--reveal', 'print secrets')
      .action(
        run(
          async (key: string | undefined, options: PlaceOptions & Json & Record<string, string | boolean>) =>
            (await import('./config-get.ts')).configGet(key, options),
        ),
      ),
    'beamtime config get queue.main.control',
    'beamtime config get \'store.topic_map."25idc.bluesky.documents"\'',
  )
  withExamples(
    withPlace(config.command('show'))
      .description('Print the effective configuration with its defaults as TOML.')
      .option('--json', 'print as JSON')
      .option('--reveal', 'print secrets')
      .action(
        run(async (options: PlaceOptions & Json & { reveal?: boolean }) =>
          (await import('./config-get.ts')).configShow(options),
        ),
      ),
    'beamtime config show',
  )
  withExamples(
    config
      .command('init [file]')
      .description('Write a commented file with every key and its default (beamtime.toml).')
      .option('--force', 'overwrite an existing file')
      .action(
        run(async (file: string | undefined, options: { force?: boolean }) =>
          (await import('./config-init.ts')).configInit(file, options),
        ),
      ),
    'beamtime config init',
    'beamtime config init /etc/beamtime/config.toml',
  )
  withExamples(
    withPlace(config.command('explain <key>'))
      .description('Tell type, default, present value, its source and the meaning of a key or a section.')
      .option('--json', 'print as JSON')
      .action(
        run(async (key: string, options: PlaceOptions & Json) =>
          (await import('./config-explain.ts')).configExplain(key, options),
        ),
      ),
    'beamtime config explain broker.listen',
    'beamtime config explain http',
  )
  withExamples(
    config
      .command('schema')
      .description('Print the JSON Schema of the configuration file.')
      .action(run(async () => (await import('./config-schema.ts')).configSchema())),
    'beamtime config schema > beamtime.schema.json',
  )
}
