import { flushCompileCache } from 'node:module'

/** Executables of the peers, by their names there; each resolves with its exit code. */
const executables = {
  'start-re-manager': async (args: readonly string[]) =>
    await (await import('./start-re-manager.ts')).startReManager(args, process.env),
  qserver: async (args: readonly string[]) => await (await import('./qserver.ts')).qserver(args, process.env),
  'qserver-zmq-keys': async (args: readonly string[]) => (await import('./zmq-keys.ts')).zmqKeys(args),
  'qserver-clear-lock': async (args: readonly string[]) =>
    await (await import('./clear-lock.ts')).clearLock(args, process.env),
  'qserver-console-monitor': async (args: readonly string[]) =>
    await (await import('./console-monitor.ts')).consoleMonitor(args, process.env),
  'qserver-list-plans-devices': async (args: readonly string[]) =>
    await (await import('./list-plans-devices.ts')).listPlansDevices(args, process.env),
  'rubin-alert-sim': async (args: readonly string[]) => (await import('./alert-sim.ts')).alertSim(args),
} as const satisfies Record<string, (args: readonly string[]) => number | Promise<number>>

export type ExecutableName = keyof typeof executables

/** Runs one executable and sets the exit code of the process. */
export async function runExecutable(name: ExecutableName, args: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  setTimeout(() => flushCompileCache(), 3_000).unref()
  process.exitCode = await executables[name](args)
}
