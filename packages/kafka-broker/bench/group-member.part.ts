/* A member of a consumer group that does nothing but tell that it lives, beside clients that write and read large batches. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { BenchConnection, requestFrame } from './bench-client.part.ts'

const groupId = 'bench-group'
const retryMs = 100
const deadlineMs = 30_000

export interface GroupMember {
  /** Sends heartbeats one after another until `over` is settled; returns how long each took. */
  beatUntil(over: Promise<unknown>): Promise<number[]>
  close(): void
}

/** Joins alone. A broker that has yet to find its coordinator is asked again. */
export async function joinGroup(port: number): Promise<GroupMember> {
  const connection = new BenchConnection(port)
  await connection.askDecoded('FindCoordinator', 1, { key: groupId, keyType: 0 })
  const join = {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: new Uint8Array(0) }],
  }
  const untilMs = performance.now() + deadlineMs
  for (;;) {
    const joined = await connection.askDecoded<{ errorCode: number; generationId: number; memberId: string }>(
      'JoinGroup',
      3,
      join,
    )
    if (joined.errorCode === 0) return await member(connection, joined)
    if (performance.now() > untilMs) throw new Error(`joining a group fails with ${joined.errorCode}`)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function member(
  connection: BenchConnection,
  { generationId, memberId }: { readonly generationId: number; readonly memberId: string },
): Promise<GroupMember> {
  const self = { groupId, generationId, memberId }
  const assignments = [{ memberId, assignment: new Uint8Array(0) }]
  const synced = await connection.askDecoded<{ errorCode: number }>('SyncGroup', 2, { ...self, assignments })
  if (synced.errorCode !== 0) throw new Error(`SyncGroup answers ${synced.errorCode}`)
  const beat = requestFrame('Heartbeat', 2, self)
  return {
    beatUntil: async (over) => {
      const tookMs: number[] = []
      let isOver = false
      void over.then(() => (isOver = true))
      while (!isOver) {
        const startedMs = performance.now()
        const { head } = await connection.ask(beat)
        tookMs.push(performance.now() - startedMs)
        const errorCode = head.readInt16BE(4 + 4)
        if (errorCode !== 0) throw new Error(`a heartbeat is answered with ${errorCode}`)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      return tookMs
    },
    close: () => connection.close(),
  }
}

export interface LargeLoad {
  readonly port: number
  readonly topic: string
  readonly batches: number
  readonly batchBytes: number
}

/** A writer or reader of large batches in a process of its own, so that it shares the broker with the member and nothing else. */
export function largeClient(
  role: 'write' | 'read',
  load: LargeLoad,
): { readonly child: ChildProcess; readonly ready: Promise<void>; readonly done: Promise<void> } {
  const child = fork(join(import.meta.dirname, 'large-batches.part.ts'), [role, JSON.stringify(load)])
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()))
  const done = new Promise<void>((resolve, reject) =>
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the ${role} process ended with ${code}`)),
    ),
  )
  return { child, ready, done }
}
