import { readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'

/** Runs one command line and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', endOfPipe)
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${version()}\n`)
    return
  }
  // A service that is killed later must not leave its compiled code unsaved: the next start takes three times as long.
  setTimeout(() => flushCompileCache(), 3_000).unref()
  if (args[0] === 'worker-host') {
    // Started by managers only; what follows is between the two.
    const { runWorkerHost } = await import('@beamtime/worker-host')
    return await runWorkerHost(args.slice(1))
  }
  if (args[0] === 're-manager') {
    // The manager process of `start-re-manager`, which watches it.
    const { runReManagerProcess } = await import('./compat/re-manager-process.ts')
    return await runReManagerProcess()
  }
  const { runProgram } = await import('./program.ts')
  process.exitCode = await runProgram(args, version())
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** `beamtime … | head` has read enough. */
function endOfPipe(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
}
