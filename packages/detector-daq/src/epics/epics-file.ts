import { rmSync } from 'node:fs'
import { createBulkFile, type GroupNode, type Node } from '@beamtime/hdf5'
import { DaqError } from '../error.ts'
import type { PvSummary } from './pv-data.ts'

/* The file of the EPICS writer (daq contract 14.2): /data/<pv>/{data, timestamp, pulse_id, connected, status}; metadata texts at
 * their own paths; /<pv> with hard links to the datasets, where other readers look for them. */

const numberTypes = { i2: 'i16', f4: 'f32', u2: 'u16', u1: 'u8', i4: 'i32', f8: 'f64' } as const

type Branch = { readonly children: Map<string, Branch | Node> }

function branch(): Branch {
  return { children: new Map() }
}

function isBranch(value: Branch | Node): value is Branch {
  return !('kind' in value)
}

/** Puts an object at a path of names; groups on the way are made. Throws DAQ_REQUEST_REFUSED where something else is there. */
function put(root: Branch, path: readonly string[], value: Branch | Node): void {
  const names = path.filter((name) => name !== '')
  const last = names.at(-1)
  let at = root
  for (const name of names.slice(0, -1)) {
    const next = at.children.get(name) ?? branch()
    if (!isBranch(next)) throw taken(path)
    at.children.set(name, next)
    at = next
  }
  if (last === undefined || last === '.' || last === '..') throw taken(path)
  const there = at.children.get(last)
  if (there === undefined) at.children.set(last, value)
  else if (!isBranch(there) || !isBranch(value)) throw taken(path)
  else for (const [name, child] of value.children) put(there, [name], child)
}

function taken(path: readonly string[]): DaqError {
  return new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message: `"${path.join('/')}" cannot be a path of the file: it is empty or names two objects.`,
    fault: 'caller',
    remedy: 'Choose other names of channels or metadata.',
  })
}

function groupOf({ children }: Branch): GroupNode {
  return {
    kind: 'group',
    children: Object.fromEntries(
      [...children].map(([name, child]) => [name, isBranch(child) ? groupOf(child) : child]),
    ),
  }
}

function datasetsOf(summary: PvSummary): Branch {
  const { points, values } = summary
  const group = branch()
  if (values === undefined || points === 0) return group
  const shape = [points, 1]
  const column = (value: BigUint64Array | Uint8Array | readonly string[]): Node => ({
    kind: 'value',
    value,
    shape,
  })
  group.children.set(
    'data',
    values.kind === 'text'
      ? column(values.texts)
      : {
          kind: 'frames',
          type: numberTypes[values.type as keyof typeof numberTypes],
          frameShape: values.shape,
          frames: points,
        },
  )
  group.children.set('timestamp', column(summary.timestamps))
  group.children.set('pulse_id', column(summary.pulseIds))
  group.children.set('connected', column(summary.connected))
  group.children.set('status', column(summary.statuses))
  return group
}

function linksTo(pv: string): Branch {
  const links = branch()
  const at = `/data/${pv}`
  const targets = {
    value: 'data',
    data: 'data',
    timestamp: 'timestamp',
    pulse_id: 'pulse_id',
    connected: 'connected',
    status: 'status',
  }
  for (const [name, target] of Object.entries(targets))
    links.children.set(name, { kind: 'hard-link', target: `${at}/${target}` })
  return links
}

/** The whole file as a tree: a PV without values is an empty group. */
export function epicsFileTree(
  summaries: readonly PvSummary[],
  metadata: Readonly<Record<string, string>>,
): GroupNode {
  const root = branch()
  put(root, ['data'], branch())
  for (const summary of summaries) {
    const datasets = datasetsOf(summary)
    const hasValues = datasets.children.size > 0
    if (hasValues) put(root, ['data', ...summary.pv.split('/')], datasets)
    put(root, summary.pv.split('/'), hasValues ? linksTo(summary.pv) : branch())
  }
  for (const [path, text] of Object.entries(metadata))
    put(root, path.split('/'), { kind: 'value', value: text })
  return groupOf(root)
}

export interface EpicsFile {
  /** Appends values of a PV, whole points. */
  write(pv: string, bytes: Uint8Array): void
  finish(): void
  /** Takes the unfinished file away. */
  discard(): void
}

/** Creates the file. Throws what `@beamtime/hdf5` throws. */
export function createEpicsFile(path: string, tree: GroupNode): EpicsFile {
  const file = createBulkFile(path, tree)
  const written = new Map<string, number>()
  return {
    write(pv, bytes) {
      const frames = file.frames(`/data/${pv}/data`)
      const at = written.get(pv) ?? 0
      frames.writeFrames(at, bytes)
      written.set(pv, at + bytes.length / frames.frameBytes)
    },
    finish: () => file.finish(),
    discard() {
      file.finish()
      rmSync(path, { force: true })
    },
  }
}
