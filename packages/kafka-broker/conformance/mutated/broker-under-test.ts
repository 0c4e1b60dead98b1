import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { BenchConnection, createBenchTopic, requestFrame } from '../../bench/bench-client.part.ts'
import { ByteReader } from '../../src/core/byte-reader.ts'
import type { MessageCodec } from '../../src/core/codec.ts'
import { apiTable } from '../../src/handlers/api-table.ts'

/** Topics that mutated requests make, and those that they write to, are bounded and taken away now and then. */
const settings = {
  max_connections: 1_000,
  max_partitions: 100,
  request_memory_bytes: 67_108_864,
  segment_bytes: 16_777_216,
}

export function startBroker(directory: string): Promise<{ child: ChildProcess; port: number }> {
  const program = join(import.meta.dirname, '..', '..', 'bench', 'bench-broker.part.ts')
  const child = fork(program, [directory, JSON.stringify(settings)], { execArgv: [] })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ child, port: (message as { port: number }).port }))
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
}

/** Ends when the broker has closed; kills one that does not within 20 s. */
export async function stopBroker(child: ChildProcess): Promise<void> {
  if (!child.connected) return
  child.removeAllListeners('exit')
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(timer)
}

/** Resident memory; NaN when the process is gone. */
export function rssMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024
  } catch {
    return Number.NaN
  }
}

/** Takes away what mutated requests have made, topics and groups are no leak, and makes `topics` anew. */
export async function purge(port: number, topics: readonly string[]): Promise<void> {
  const connection = new BenchConnection(port)
  const ask = async (name: string, version: number, value: unknown): Promise<unknown> => {
    const answer = await connection.askWhole(requestFrame(name, version, value))
    const api = apiTable.find((one) => one.name === name)
    const reader = new ByteReader(answer)
    reader.int32()
    if (api === undefined) throw new Error(`no API ${name}`)
    return (api.response as unknown as MessageCodec).decode(reader, version)
  }
  const found = (await ask('Metadata', 1, { topics: null })) as { topics: { name: string }[] }
  const topicNames = found.topics.map(({ name }) => name)
  if (topicNames.length > 0) await ask('DeleteTopics', 1, { topicNames, timeoutMs: 60_000 })
  const { groups } = (await ask('ListGroups', 0, {})) as { groups: { groupId: string }[] }
  const groupsNames = groups.map(({ groupId }) => groupId)
  if (groupsNames.length > 0) await ask('DeleteGroups', 0, { groupsNames })
  connection.close()
  for (const name of topics) await createBenchTopic(port, name)
}

/** ApiVersions v0 on a connection of its own. Rejects when it is not answered within ten seconds. */
export function soundRequest(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const fail = (): void => reject(new Error('a sound request was not answered'))
    const timer = setTimeout(fail, 10_000)
    socket.on('connect', () => socket.write(Buffer.from('0000000a0012000000000001ffff', 'hex')))
    socket.on('data', () => {
      clearTimeout(timer)
      socket.destroy()
      resolve()
    })
    socket.on('error', fail)
  })
}
