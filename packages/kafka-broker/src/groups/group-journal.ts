import { mkdir } from 'node:fs/promises'
import type { PersistedGroup } from '../core/group-model.ts'
import { Journal } from '../log/journal.ts'

/** A committed offset. */
export interface CommittedOffset {
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  readonly committedMs: number
}

/** Topic and partition as one key; topic names have no colon. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}:${partition}`
}

export function splitPartitionKey(key: string): { topic: string; partition: number } {
  const colon = key.lastIndexOf(':')
  return { topic: key.slice(0, colon), partition: Number(key.slice(colon + 1)) }
}

/** What is durable of one group. */
export interface StoredGroup {
  membership: PersistedGroup | null
  readonly offsets: Map<string, CommittedOffset>
  /** When it last became empty or, without members, had a commit. */
  touchedMs: number
}

type Encoded<T> = T extends Uint8Array
  ? string
  : T extends readonly (infer E)[]
    ? readonly Encoded<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Encoded<T[K]> }
      : T

type OffsetRow = readonly [
  key: string,
  offset: number,
  leaderEpoch: number,
  metadata: string,
  committedMs: number,
]

export type GroupEntry =
  | { readonly kind: 'group'; readonly group: Encoded<PersistedGroup>; readonly nowMs: number }
  | {
      readonly kind: 'offsets'
      readonly groupId: string
      readonly rows: readonly OffsetRow[]
      readonly nowMs: number
    }
  | { readonly kind: 'group-deleted'; readonly groupId: string }
  | { readonly kind: 'offsets-deleted'; readonly groupId: string; readonly keys: readonly string[] }
  | { readonly kind: 'topic-deleted'; readonly topic: string }

type Snapshot = readonly {
  readonly groupId: string
  readonly membership: Encoded<PersistedGroup> | null
  readonly rows: readonly OffsetRow[]
  readonly touchedMs: number
}[]

export function encodeGroup(group: PersistedGroup): Encoded<PersistedGroup> {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  return {
    ...group,
    members: group.members.map((member) => ({
      ...member,
      protocols: member.protocols.map(({ name, metadata }) => ({ name, metadata: text(metadata) })),
      assignment: text(member.assignment),
    })),
  }
}

function decodeGroup(group: Encoded<PersistedGroup>): PersistedGroup {
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
  return {
    ...group,
    members: group.members.map((member) => ({
      ...member,
      protocols: member.protocols.map(({ name, metadata }) => ({ name, metadata: bytes(metadata) })),
      assignment: bytes(member.assignment),
    })),
  }
}

export function offsetRow(key: string, committed: CommittedOffset): OffsetRow {
  return [key, committed.offset, committed.leaderEpoch, committed.metadata, committed.committedMs]
}

function storeRows(group: StoredGroup, rows: readonly OffsetRow[]): void {
  for (const [key, offset, leaderEpoch, metadata, committedMs] of rows) {
    group.offsets.set(key, { offset, leaderEpoch, metadata, committedMs })
  }
}

/** Groups and their offsets as far as they are durable. */
export class GroupJournal {
  readonly #groups: Map<string, StoredGroup>
  readonly #journal: Journal

  private constructor(groups: Map<string, StoredGroup>, journal: Journal) {
    this.#groups = groups
    this.#journal = journal
  }

  static async open(directory: string): Promise<GroupJournal> {
    await mkdir(directory, { recursive: true })
    const groups = new Map<string, StoredGroup>()
    const journal = await Journal.open({
      directory,
      restore: (state) => restoreSnapshot(groups, state as Snapshot),
      apply: (entry) => applyEntry(groups, entry as GroupEntry),
      state: () => takeSnapshot(groups),
    })
    return new GroupJournal(groups, journal)
  }

  groups(): ReadonlyMap<string, StoredGroup> {
    return this.#groups
  }

  /** Written before it resolves; on the disk when the system writes it there. */
  async append(entry: GroupEntry): Promise<void> {
    await this.#journal.append(entry, false)
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }
}

function groupOf(groups: Map<string, StoredGroup>, groupId: string): StoredGroup {
  let group = groups.get(groupId)
  if (group === undefined) {
    group = { membership: null, offsets: new Map(), touchedMs: 0 }
    groups.set(groupId, group)
  }
  return group
}

function applyEntry(groups: Map<string, StoredGroup>, entry: GroupEntry): void {
  switch (entry.kind) {
    case 'group': {
      const group = groupOf(groups, entry.group.groupId)
      group.membership = decodeGroup(entry.group)
      group.touchedMs = entry.nowMs
      break
    }
    case 'offsets': {
      const group = groupOf(groups, entry.groupId)
      storeRows(group, entry.rows)
      group.touchedMs = entry.nowMs
      break
    }
    case 'group-deleted':
      groups.delete(entry.groupId)
      break
    case 'offsets-deleted':
      for (const key of entry.keys) groups.get(entry.groupId)?.offsets.delete(key)
      break
    case 'topic-deleted':
      for (const group of groups.values()) {
        for (const key of group.offsets.keys()) {
          if (splitPartitionKey(key).topic === entry.topic) group.offsets.delete(key)
        }
      }
      break
  }
}

function takeSnapshot(groups: ReadonlyMap<string, StoredGroup>): Snapshot {
  return Array.from(groups, ([groupId, group]) => ({
    groupId,
    membership: group.membership === null ? null : encodeGroup(group.membership),
    rows: Array.from(group.offsets, ([key, committed]) => offsetRow(key, committed)),
    touchedMs: group.touchedMs,
  }))
}

function restoreSnapshot(groups: Map<string, StoredGroup>, snapshot: Snapshot): void {
  for (const { groupId, membership, rows, touchedMs } of snapshot) {
    const group = groupOf(groups, groupId)
    group.membership = membership === null ? null : decodeGroup(membership)
    group.touchedMs = touchedMs
    storeRows(group, rows)
  }
}
