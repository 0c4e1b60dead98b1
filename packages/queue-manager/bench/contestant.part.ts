/** A start-re-manager, ours or the Python one, as a bench starts it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@beamtime/service-kit/testing'
import { connectBench, type BenchClient } from './bench-manager.part.ts'

export interface Contestant {
  readonly name: 'native' | 'python' | 'theirs'
  readonly command: readonly string[]
  /** Script with a plan `noop` that has no message. */
  readonly noop: string
  /** No-op plans to be run for the figure. */
  readonly plans: number
  /** Options that start it on a store with many items; null: the same store as another. */
  readonly full: readonly string[] | null
}

export interface Running extends BenchClient {
  readonly child: ChildProcess
  readonly control: string
  until(predicate: (status: Record<string, unknown>) => boolean): Promise<void>
  open(): Promise<void>
  stop(): Promise<void>
}

export async function startContestant(
  { command }: Contestant,
  { options, stateFolder }: { readonly options: readonly string[]; readonly stateFolder: string },
): Promise<Running> {
  const control = `tcp://127.0.0.1:${await freePort()}`
  const info = `tcp://127.0.0.1:${await freePort()}`
  const [program = '', ...args] = command
  const addresses = ['--zmq-control-addr', control, '--zmq-info-addr', info]
  const child = spawn(program, [...args, ...addresses, '--silent', ...options], {
    stdio: 'ignore',
    env: { ...process.env, XDG_STATE_HOME: stateFolder },
  })
  const client = connectBench(control)
  await client.call('status')
  const until: Running['until'] = async (predicate) => {
    while (!predicate(await client.call('status'))) await sleep(1)
  }
  await until((status) => status['manager_state'] === 'idle')
  return {
    ...client,
    child,
    control,
    until,
    async open() {
      await client.call('environment_open')
      await until(
        (status) => status['worker_environment_exists'] === true && status['manager_state'] === 'idle',
      )
    },
    async stop() {
      await client.call('manager_stop', { option: 'safe_off' })
      if (child.exitCode === null) await once(child, 'exit')
      client.close()
    },
  }
}

/** Runs a script in the worker and waits for its end. */
export async function upload(manager: Running, script: string): Promise<void> {
  const { task_uid } = await manager.call('script_upload', { script })
  while ((await manager.call('task_result', { task_uid }))['status'] !== 'completed') await sleep(5)
  await manager.until((status) => status['manager_state'] === 'idle')
}
