import { Command, CommanderError } from 'commander'
import { addConfigCommands } from './commands/config-program.ts'
import { addDaqCommands } from './commands/daq.ts'
import { addLiveDataCommands } from './commands/live-data-program.ts'
import { addPlatformCommands } from './commands/platform-program.ts'
import { addQueueCommands } from './commands/queue-program.ts'
import type { RunAction } from './commands/run-action.ts'
import { addRunsCommands } from './commands/runs-program.ts'
import { addServiceCommands } from './commands/service-program.ts'
import { addStreamCommands } from './commands/stream-program.ts'
import { addTopicCommands } from './commands/topic-program.ts'
import { exitCodeOfFailure, failureText } from './report-error.ts'

/** Registers every command; what a command does is loaded when it runs. Resolves with the exit code. */
export async function runProgram(args: readonly string[], version: string): Promise<number> {
  let exitCode = 0
  const program = new Command('beamtime')
    .description('Runs an experiment at a large instrument end to end.')
    .version(version, '-V, --version')
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
  const run: RunAction = (action) => {
    return async (...given) => {
      exitCode = await action(...given)
    }
  }
  addPlatformCommands(program, run)
  addQueueCommands(program, run)
  addRunsCommands(program, run)
  addTopicCommands(program, run)
  addStreamCommands(program, run)
  addDaqCommands(program, run)
  addLiveDataCommands(program, run)
  addConfigCommands(program, run)
  addServiceCommands(program, run)
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${failureText(error, { json: args.includes('--json') })}\n`)
    return exitCodeOfFailure(error)
  }
}
