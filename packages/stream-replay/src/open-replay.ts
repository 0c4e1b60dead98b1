import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openBus, type Bus, type BusOptions } from '@beamtime/bus'
import { registrySource, type SchemaSource } from '@beamtime/stream-formats/avro'
import { usage } from './error.ts'
import { Player, type PlayerAccess } from './play/player.ts'
import { parsePlayOptions, type PlayOptionTexts, type PlayOptions } from './play/play-options.ts'
import { builtinProfiles, parseProfile, type Profile } from './play/profile.ts'
import { GroupPlace } from './record/group-place.ts'
import type { RecordOptions } from './record/record-options.ts'
import { Recorder } from './record/recorder.ts'
import { RecordingWriter } from './recording/recording-writer.ts'
import { openSource, type StreamSource } from './source/stream-source.ts'
import { Cluster } from './wire/cluster.ts'

export interface ReplayOptions {
  readonly bus: BusOptions
  /** Address of a schema registry, as `http://127.0.0.1:8081`. */
  readonly registryUrl?: string
  /** Topics that no play writes to. */
  readonly denyTopics?: readonly RegExp[]
  /** Where names of recordings without a `/` are looked for and made. */
  readonly recordingsDir?: string
}

/** Records, reads and plays streams of one cluster. */
export interface Replay {
  readonly cluster: Cluster
  readonly bus: Bus
  /** Makes a recording, which begins with `run`. Rejects with REPLAY_RECORDING_EXISTS and REPLAY_BROKER_UNREACHABLE. */
  recorder(name: string, options: RecordOptions): Promise<Recorder>
  /** Opens a recording, or `topic:NAME`. */
  source(name: string): Promise<StreamSource>
  /** Prepares a play of a source, which begins with `run`. */
  player(source: StreamSource, options: PlayOptions, hooks?: PlayHooks): Player
  /** Path of a recording by its name. */
  pathOf(name: string): string
  close(): Promise<void>
}

export type PlayHooks = Pick<PlayerAccess, 'onPass' | 'onLatePass' | 'time'>

export function openReplay(options: ReplayOptions): Replay {
  const cluster = new Cluster(options.bus)
  const bus = openBus(options.bus)
  const schemas: SchemaSource | null =
    options.registryUrl === undefined ? null : registrySource(options.registryUrl)
  const recorders = new Set<Recorder>()
  const denyTopics = options.denyTopics ?? []
  const pathOf = (name: string): string => recordingPath(name, options.recordingsDir)
  const growingTopics = (recordingId: string): readonly string[] =>
    [...recorders]
      .filter(({ id, state }) => id === recordingId && state === 'recording')
      .flatMap(({ topics }) => topics)
  return {
    cluster,
    bus,
    pathOf,
    async recorder(name, wanted) {
      await cluster.metadata([])
      const writer = await RecordingWriter.create({
        directory: pathOf(name),
        clusterId: cluster.clusterId,
        ...(wanted.splitBytes === undefined ? {} : { segmentBytes: wanted.splitBytes }),
        ...(wanted.ring === undefined ? {} : { ring: wanted.ring }),
        notes: { source: options.bus.bootstrapServers.join(','), topics: wanted.topics },
      })
      const groupPlace = wanted.group === undefined ? null : new GroupPlace(options.bus, wanted.group)
      const recorder = new Recorder(writer, wanted, {
        cluster,
        admin: bus.admin,
        schemas,
        ...(groupPlace === null ? {} : { groupPlace }),
      })
      for (const one of recorders) if (one.state === 'done' || one.state === 'failed') recorders.delete(one)
      recorders.add(recorder)
      return recorder
    },
    source: (name) =>
      openSource(name.startsWith('topic:') ? name : pathOf(name), {
        cluster,
        ...(schemas === null ? {} : { schemas }),
      }),
    player: (source, play, hooks = {}) =>
      new Player(source, play, { cluster, admin: bus.admin, denyTopics, growingTopics, ...hooks }),
    async close() {
      for (const recorder of recorders) recorder.stop()
      await bus.close()
      await cluster.close()
    },
  }
}

/** A name without a `/` is one in the folder for recordings; `.strec` may be left out there. */
export function recordingPath(name: string, recordingsDir: string | undefined): string {
  if (name === '') throw usage('the recording has no name', 'Name it, for example night-1.')
  if (recordingsDir === undefined || name.includes('/') || name.startsWith('.')) return resolve(name)
  return join(recordingsDir, /\.(strec|tar)$/.test(name) ? name : `${name}.strec`)
}

/** A profile by its name, or read from a TOML file. Throws REPLAY_USAGE. */
export function findProfile(name: string): Profile {
  const builtin = builtinProfiles[name]
  if (builtin !== undefined) return builtin
  let text: string
  try {
    text = readFileSync(name, 'utf8')
  } catch {
    throw usage(
      `there is no profile ${name}`,
      `Give one of ${Object.keys(builtinProfiles).join(', ')}, asap, or the path of a TOML file.`,
    )
  }
  return parseProfile(text, name)
}

/** Options of a play from texts, as a command line or a JSON body gives them. Throws REPLAY_USAGE. */
export function playOptionsOf(texts: PlayOptionTexts): PlayOptions {
  return parsePlayOptions(texts, findProfile)
}
