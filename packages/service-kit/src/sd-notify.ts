import { spawn } from 'node:child_process'

export interface SdNotifier {
  /** READY=1 with one line of status. Sent three times, 200 ms apart: a message of a program that has ended may be lost. */
  ready(status: string): void
  status(text: string): void
  reloading(): void
  stopping(): void
  /** Pings each third of WatchdogSec while `isHealthy` says so. */
  startWatchdog(isHealthy: (limitMs: number) => boolean): void
  close(): void
}

/** Tells systemd through the program systemd-notify (Node has no Unix datagram sockets); does nothing without NOTIFY_SOCKET. */
export function createSdNotifier(
  environment: NodeJS.ProcessEnv,
  run: (args: readonly string[]) => void = runSystemdNotify,
): SdNotifier {
  const enabled = (environment.NOTIFY_SOCKET ?? '') !== ''
  const timers = new Set<NodeJS.Timeout>()
  const send = (...args: string[]): void => {
    if (enabled) run(args)
  }
  return {
    ready(status) {
      send('--ready', `--status=${status}`)
      if (!enabled) return
      for (const delayMs of [200, 400]) timers.add(setTimeout(() => send('--ready'), delayMs).unref())
    },
    status: (text) => send(`--status=${text}`),
    reloading: () => send('RELOADING=1'),
    stopping: () => send('STOPPING=1'),
    startWatchdog(isHealthy) {
      const limitMs = Number(environment.WATCHDOG_USEC ?? '') / 1_000
      if (!enabled || !(limitMs > 0)) return
      timers.add(
        setInterval(() => {
          if (isHealthy(limitMs / 2)) send('WATCHDOG=1')
        }, limitMs / 3).unref(),
      )
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

function runSystemdNotify(args: readonly string[]): void {
  const child = spawn('systemd-notify', [...args], { stdio: 'ignore' })
  child.once('error', () => undefined) // not installed: the unit's timeout will tell
  child.unref()
}
