import type { Command } from 'commander'

/** Wraps an action of commander so that the number it resolves with becomes the exit code. */
export type RunAction = <A extends unknown[]>(
  action: (...given: A) => Promise<number>,
) => (...given: A) => Promise<void>

/** Options that say which platform is meant; every command that needs one has them. */
export interface PlaceOptions {
  readonly config?: string
  readonly data?: string
  readonly profile?: string
}

export function withPlace(command: Command): Command {
  return withPlaceOnly(command).option('--profile <name>', 'packaged configuration instead of a file: demo')
}

/** As {@link withPlace}, for a command whose `--profile` is something else. */
export function withPlaceOnly(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory (default: paths.data, ./beamtime-data)')
    .option('--config <file>', 'configuration file (default: $BEAMTIME_CONFIG, ./beamtime.toml, ...)')
}

/** Adds lines of examples below the help of a command. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`)
}
