/** A manager in a process of its own with the real worker host, and clients of it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { buildInfo } from '@beamtime/service-kit'
import { Request } from 'zeromq'

export interface BenchClient {
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>
  /** Sends a body that is encoded already and does not decode the answer. */
  exchange(body: string): Promise<Buffer>
  close(): void
}

export interface BenchManager extends BenchClient {
  readonly control: string
  until(predicate: (status: Record<string, unknown>) => boolean): Promise<void>
  rssMib(): Promise<number>
  stop(): Promise<void>
}

/** `receiveTimeoutMs`: calls reject when no answer comes; default: they wait for ever. */
export function connectBench(control: string, receiveTimeoutMs = -1): BenchClient {
  const socket = new Request({ linger: 0, receiveTimeout: receiveTimeoutMs })
  socket.connect(control)
  const exchange = async (body: string): Promise<Buffer> => {
    await socket.send(body)
    const [answer] = await socket.receive()
    return answer ?? Buffer.alloc(0)
  }
  return {
    call: async (method, params = {}) =>
      JSON.parse(String(await exchange(JSON.stringify({ method, params })))) as Record<string, unknown>,
    exchange,
    close: () => socket.close(),
  }
}

export async function startBenchManager(): Promise<BenchManager> {
  const child = fork(fileURLToPath(new URL('./manager-process.part.ts', import.meta.url)))
  const [{ control }] = (await once(child, 'message')) as [{ control: string }]
  const client = connectBench(control)
  return {
    ...client,
    control,
    async until(predicate) {
      while (!predicate(await client.call('status'))) await new Promise((resolve) => setTimeout(resolve, 2))
    },
    async rssMib() {
      child.send('memory')
      const [{ rssMib }] = (await once(child, 'message')) as [{ rssMib: number }]
      return rssMib
    },
    async stop() {
      client.close()
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** One JSON line, the form of all benches. */
export function report(name: string, figures: Readonly<Record<string, unknown>>): void {
  const machine = { commit: buildInfo().commit, node: process.version, cpu: cpus()[0]?.model ?? 'unknown' }
  console.log(JSON.stringify({ name, ...machine, ...figures }))
}

export function percentile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0
  return Math.round(value * 1000) / 1000
}
