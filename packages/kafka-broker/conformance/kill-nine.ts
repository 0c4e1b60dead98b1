import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@beamtime/service-kit/testing'
import type { CaseResult } from './case.ts'

function startBroker(directory: string, port: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, '..', 'test', 'crash-broker.ts')
  const child = fork(program, [directory, String(port)])
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child))
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
  })
}

/** Kills the broker again and again while librdkafka writes and reads. */
export async function runKillNine(python: string, kills: number): Promise<CaseResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-kill-'))
  const port = await freePort()
  let broker = await startBroker(directory, port)
  const script = join(import.meta.dirname, 'confluent-kafka', 'survive.py')
  const client = spawn(python, [script, `127.0.0.1:${port}`], { stdio: ['pipe', 'pipe', 'ignore'] })
  let output = ''
  client.stdout.on('data', (chunk) => (output += chunk))
  const ended = new Promise((resolve) => client.once('close', resolve))
  try {
    while (!output.includes('started')) await delay(50)
    for (let kill = 0; kill < kills; kill++) {
      await delay(200 + Math.random() * 1_200)
      broker.kill('SIGKILL')
      await new Promise((resolve) => broker.once('exit', resolve))
      broker = await startBroker(directory, port)
    }
    client.stdin.end()
    await ended
  } finally {
    client.kill()
    broker.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
  const results = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as CaseResult)
  const missing: CaseResult = {
    client: 'confluent-kafka',
    name: 'survives kill -9',
    outcome: { kind: 'fail', reason: 'no result' },
  }
  return results.length > 0 ? results : [missing]
}
