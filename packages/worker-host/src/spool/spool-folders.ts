import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import {
  decodeDocument,
  unixSecondsNow,
  type DocumentEncoder,
  type NamedDocument,
  type UnixSeconds,
} from '@beamtime/event-model'
import type { Logger } from '@beamtime/service-kit'
import { composeLostStop, trackOpenRuns, type OpenRuns } from './open-runs.ts'
import { createSpoolLog, type SpoolLog } from './spool-log.ts'
import { recoverSpoolLog } from './spool-recovery.ts'
import { ownerIsAlive, thisProcess, type SpoolOwner } from './spool-owner.ts'

/* spool folder of a topic  <data>/state/spool/<topic>/
 *   <unix ms>-<pid>-<6 hex>/   one a worker host, removed when all of it is on the bus
 *     owner.json               the process that writes here; others keep away while it lives
 *     acknowledged, <n>.spool  spool-log.ts
 *   .claim-...                 a folder that is being made or taken over, never left longer than a moment
 *   rejected.spool             documents that the bus refused for good */

export interface NewSpool {
  readonly log: SpoolLog
  readonly openRuns: OpenRuns
}

/** Makes this process's folder. */
export function createSpoolFolder(spoolDir: string, key: string): NewSpool {
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 })
  const name = `${Date.now()}-${process.pid}-${randomUUID().slice(0, 6)}`
  const claim = join(spoolDir, `.claim-${name}`)
  mkdirSync(claim, { mode: 0o700 })
  writeOwner(claim)
  renameSync(claim, join(spoolDir, name))
  const openRuns = trackOpenRuns()
  const log = createSpoolLog({ dir: join(spoolDir, name), key, openRuns: () => openRuns.snapshot() })
  return { log, openRuns }
}

export interface AdoptOptions {
  readonly spoolDir: string
  readonly key: string
  /** Learns the descriptors that it finds. */
  readonly encoder: DocumentEncoder
  readonly log: Logger
  readonly now?: () => UnixSeconds
}

/** Takes over what dead processes left, oldest first: what they had not sent, followed by a stop document for each run
 * that they left open. Folders whose process lives are left alone. */
export function adoptSpoolFolders(options: AdoptOptions): readonly SpoolLog[] {
  const logs: SpoolLog[] = []
  for (const name of listFolders(options.spoolDir)) {
    const dir = claimFolder(options.spoolDir, name)
    if (dir !== null) logs.push(adopt(dir, options))
  }
  return logs
}

function adopt(dir: string, options: AdoptOptions): SpoolLog {
  const now = options.now ?? unixSecondsNow
  let openRuns = trackOpenRuns()
  const recovered = recoverSpoolLog({ dir, key: options.key, openRuns: () => openRuns.snapshot() })
  openRuns = trackOpenRuns(recovered.openRunsBefore)
  for (const bytes of recovered.newest) {
    const document = tryDecode(bytes)
    if (document === null) options.log.warn('spool.document-unreadable', { dir, bytes: bytes.byteLength })
    else openRuns.observe(document)
    if (document?.[0] === 'descriptor') options.encoder.encode(document)
  }
  const lost = [...openRuns.snapshot()]
  for (const run of lost) {
    const stop: NamedDocument = ['stop', composeLostStop(run, now())]
    recovered.log.append(options.encoder.encode(stop))
    openRuns.observe(stop)
  }
  options.log.info('spool.adopted', {
    dir,
    documents: recovered.log.pendingRecords,
    bytes: recovered.log.pendingBytes,
    cut_bytes: recovered.cutBytes,
    runs_closed: lost.map((run) => run.uid),
  })
  return recovered.log
}

/** Null when its process lives, or another process was faster. */
function claimFolder(spoolDir: string, name: string): string | null {
  const dir = join(spoolDir, name)
  const owner = readOwner(dir)
  if (owner !== null && ownerIsAlive(owner)) return null
  const claim = join(spoolDir, `.claim-${name}`)
  try {
    renameSync(dir, claim)
  } catch {
    return null // another process took it in this moment
  }
  writeOwner(claim)
  renameSync(claim, dir)
  return dir
}

function listFolders(spoolDir: string): string[] {
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 })
  const names = readdirSync(spoolDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  for (const name of names.filter((candidate) => candidate.startsWith('.claim-')))
    restoreClaim(spoolDir, name)
  return names
    .map((name) => name.replace(/^\.claim-/, ''))
    .filter((name) => /^\d+-/.test(name))
    .toSorted((a, b) => Number(a.split('-')[0]) - Number(b.split('-')[0]))
}

// The claiming process died between two renames.
function restoreClaim(spoolDir: string, name: string): void {
  const claim = join(spoolDir, name)
  const owner = readOwner(claim)
  if (owner === null || ownerIsAlive(owner)) return
  try {
    renameSync(claim, join(spoolDir, name.replace(/^\.claim-/, '')))
  } catch {
    rmSync(claim, { recursive: true, force: true }) // its folder exists already, so it never held documents
  }
}

function writeOwner(dir: string): void {
  writeFileSync(join(dir, 'owner.json'), JSON.stringify(thisProcess()), { mode: 0o600 })
}

function readOwner(dir: string): SpoolOwner | null {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8'))
    return isOwner(value) ? value : null
  } catch {
    return null // died before it wrote the file
  }
}

function isOwner(value: unknown): value is SpoolOwner {
  return typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number'
}

function tryDecode(bytes: Uint8Array): NamedDocument | null {
  try {
    return decodeDocument(bytes)
  } catch {
    return null // reported by the caller
  }
}
