import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

/** An IOC of somebody else in a process of its own, on ports of its own, on loopback only. */
export interface IocProcess {
  readonly address: string
  readonly port: number
  readonly repeaterPort: number
  start(): Promise<void>
  /** SIGKILL: nobody is told. */
  kill(): Promise<void>
  /** SIGSTOP; resolves when the kernel has stopped it. */
  freeze(): Promise<void>
  wake(): void
}

export const prefix = 'BT:'
const here = import.meta.dirname

export async function freePorts(): Promise<{ port: number; repeaterPort: number }> {
  const tcp = createServer()
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const { port } = tcp.address() as AddressInfo
  const udp = createSocket('udp4')
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
  const repeaterPort = udp.address().port
  await new Promise<void>((resolve) => tcp.close(() => resolve()))
  await new Promise<void>((resolve) => udp.close(() => resolve()))
  return { port, repeaterPort }
}

export function epicsEnvironment(ports: { port: number; repeaterPort: number }): Record<string, string> {
  return {
    EPICS_CA_SERVER_PORT: String(ports.port),
    EPICS_CA_REPEATER_PORT: String(ports.repeaterPort),
    EPICS_CA_AUTO_ADDR_LIST: 'NO',
    EPICS_CA_ADDR_LIST: '127.0.0.1',
    EPICS_CAS_SERVER_PORT: String(ports.port),
    EPICS_CAS_INTF_ADDR_LIST: '127.0.0.1',
    EPICS_CAS_AUTO_BEACON_ADDR_LIST: 'NO',
    EPICS_CAS_BEACON_ADDR_LIST: '127.0.0.1',
    EPICS_CAS_BEACON_PORT: String(ports.repeaterPort),
  }
}

export async function iocProcess(
  python: string,
  kind: 'soft' | 'caproto',
  extraRecords: readonly string[] = [],
): Promise<IocProcess> {
  const ports = await freePorts()
  let child: ChildProcess | undefined
  const args =
    kind === 'soft'
      ? [
          join(here, 'soft_ioc.py'),
          prefix,
          join(here, 'records.db'),
          join(here, 'access.acf'),
          ...extraRecords,
        ]
      : [join(here, 'caproto_ioc.py'), prefix]
  return {
    address: `127.0.0.1:${ports.port}`,
    ...ports,
    async start() {
      const started = spawn(python, args, {
        env: { ...process.env, ...epicsEnvironment(ports) },
        stdio: ['pipe', 'pipe', process.env['VERBOSE'] === undefined ? 'ignore' : 'inherit'],
      })
      child = started
      await new Promise<void>((resolve, reject) => {
        let text = ''
        started.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (text.includes('ready')) resolve()
        })
        started.once('exit', (code) => reject(new Error(`the ${kind} IOC ended with ${code}: ${text}`)))
      })
    },
    async kill() {
      const running = child
      child = undefined
      if (running === undefined || running.exitCode !== null) return
      const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()))
      running.kill('SIGKILL')
      await gone
    },
    async freeze() {
      child?.kill('SIGSTOP')
      while (!/\) T /.test(readFileSync(`/proc/${child?.pid}/stat`, 'utf8'))) await setImmediate()
    },
    wake: () => void child?.kill('SIGCONT'),
  }
}
