import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import { batchesOf } from '../src/batch/batch-header.ts'
import { encodeBatch, type OutgoingRecord } from '../src/batch/batch-records.ts'
import { openReplay, type Replay } from '../src/open-replay.ts'
import { RecordingWriter } from '../src/recording/recording-writer.ts'

export interface ReplayBench {
  readonly folder: string
  readonly port: number
  readonly replay: Replay
  /** Processor time that the broker has used; null where the system does not tell. */
  brokerCpuMs(): number | null
  close(): Promise<void>
}

/** A broker in a process of its own and a replay on it. */
export async function openBench(): Promise<ReplayBench> {
  const folder = mkdtempSync(join(tmpdir(), 'bt-replay-bench-'))
  const port = await freePort()
  const child: ChildProcess = fork(join(import.meta.dirname, '..', 'test', 'broker-process.ts'), [
    join(folder, 'broker'),
    String(port),
  ])
  await new Promise((resolve) => child.once('message', resolve))
  const bus = { bootstrapServers: [`127.0.0.1:${port}`], clientId: 'bench' }
  const replay = openReplay({ bus, recordingsDir: folder })
  return {
    folder,
    port,
    replay,
    brokerCpuMs: () => processorMs(child.pid ?? 0),
    async close() {
      await replay.close()
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Linux counts in hundredths of a second. */
function processorMs(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return null
  }
}

const batchBytes = 900_000

/** A recording of one topic `a`: each partition gets the messages in turn, in batches of about 900 kB. */
export async function madeRecording(
  directory: string,
  shape: {
    readonly messages: Iterable<OutgoingRecord>
    readonly partitions?: number
    readonly schemas?: Readonly<Record<string, { readonly type: string; readonly schema: string }>>
  },
): Promise<{ readonly count: number; readonly bytes: number }> {
  const { partitions = 1, messages, schemas = {} } = shape
  const writer = await RecordingWriter.create({ directory, clusterId: null })
  await writer.addTopic({ name: 'a', topicId: '', partitions, config: {}, schemas })
  const next = Array.from({ length: partitions }, () => 0)
  let partition = 0
  let pending: OutgoingRecord[] = []
  let pendingBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = encodeBatch(pending, 0)
    const base = next[partition] ?? 0
    bytes.writeBigInt64BE(BigInt(base), 0)
    next[partition] = base + pending.length
    await writer.append({ topic: 'a', partition }, [...batchesOf(bytes)])
    partition = (partition + 1) % partitions
    pending = []
    pendingBytes = 0
  }
  for (const message of messages) {
    pending.push(message)
    pendingBytes += (message.value?.length ?? 0) + 80
    if (pendingBytes >= batchBytes) await flush()
  }
  if (pending.length > 0) await flush()
  await writer.close()
  return { count: writer.count, bytes: writer.bytes }
}
