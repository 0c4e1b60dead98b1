import type { DataKey, UnixSeconds } from '@beamtime/event-model'
import type { StatusLike } from './status.ts'

/* What a device can do. A device satisfies a protocol by having its members; nothing is declared or inherited. */

/** Allowed where the engine can wait; never for set, trigger, prepare, kickoff and complete. */
export type MaybePromise<T> = T | Promise<T>

export interface Reading {
  readonly value: unknown
  readonly timestamp: UnixSeconds
  readonly alarm_severity?: number
  readonly message?: string
}

export type Readings = Readonly<Record<string, Reading>>
export type DataKeys = Readonly<Record<string, DataKey>>

export interface Hints {
  readonly fields?: readonly string[]
  readonly [key: string]: unknown
}

/** Anything with a name. `parent` is the device that it is a part of. */
export interface Device {
  readonly name: string
  readonly parent?: Device | null
  /** Fields that a person wants to see first. Absent: the device has no opinion. */
  readonly hints?: Hints
  /** Parts by name: `stage.x` is `components.x` of `stage`. */
  readonly components?: Readonly<Record<string, Device>>
  /** Unit of the position or value. */
  readonly egu?: string
  readonly units?: string
  /** Digits after the point that are worth showing. */
  readonly precision?: number
  /** [low, high] of the position, inclusive, in `egu`; equal numbers mean no limits. */
  readonly limits?: readonly [number, number]
  /** Overrides the class name in lists and texts. */
  readonly className?: string
  /** Constructor-like text for `plan_args`. Default `ClassName(name='…')`. */
  repr?(): string
}

export interface Readable extends Device {
  read(): MaybePromise<Readings>
  describe(): MaybePromise<DataKeys>
}

export interface Configurable extends Device {
  readConfiguration(): MaybePromise<Readings>
  describeConfiguration(): MaybePromise<DataKeys>
}

/** Can be changed by a `configure` message; returns [old, new]. */
export interface Reconfigurable extends Device {
  configure(...args: unknown[]): MaybePromise<readonly [old: unknown, now: unknown]>
}

export interface Triggerable extends Device {
  trigger(): StatusLike
}

export interface Movable<T = unknown> extends Device {
  set(value: T, ...more: unknown[]): StatusLike
}

export interface Preparable extends Device {
  prepare(value: unknown): StatusLike
}

export interface Location {
  readonly setpoint: unknown
  readonly readback: unknown
}

export interface Locatable extends Movable {
  locate(): MaybePromise<Location>
}

export interface Stageable extends Device {
  stage(): StatusLike | readonly unknown[]
  unstage(): StatusLike | readonly unknown[]
}

export interface Stoppable extends Device {
  stop(success?: boolean): MaybePromise<void>
}

export interface Pausable extends Device {
  pause(): MaybePromise<void>
  resume(): MaybePromise<void>
}

export interface Flyable extends Device {
  kickoff(...args: unknown[]): StatusLike
  complete(): StatusLike
}

export type CollectDescription = DataKeys | Readonly<Record<string, DataKeys>>

export interface Collectable extends Device {
  describeCollect(): MaybePromise<CollectDescription>
}

export interface PartialEvent {
  readonly time?: UnixSeconds
  readonly data: Readonly<Record<string, unknown>>
  readonly timestamps: Readonly<Record<string, UnixSeconds>>
  readonly filled?: Readonly<Record<string, boolean | string>>
}

export interface PartialEventPage {
  readonly time?: readonly UnixSeconds[]
  readonly data: Readonly<Record<string, readonly unknown[]>>
  readonly timestamps: Readonly<Record<string, readonly UnixSeconds[]>>
}

export interface EventCollectable extends Collectable {
  collect(): Iterable<PartialEvent> | AsyncIterable<PartialEvent>
}

export interface EventPageCollectable extends Collectable {
  collectPages(): Iterable<PartialEventPage> | AsyncIterable<PartialEventPage>
}

export type AssetDocument = readonly [
  name: 'resource' | 'datum' | 'stream_resource' | 'stream_datum',
  doc: Readonly<Record<string, unknown>>,
]

export interface WritesAssets extends Device {
  collectAssetDocs(index?: number): Iterable<AssetDocument> | AsyncIterable<AssetDocument>
}

export interface WritesStreamAssets extends WritesAssets {
  getIndex(): MaybePromise<number>
}

export type SubscriptionCallback = (readings?: Readings) => void

export interface Subscribable extends Readable {
  /** Calls back at once with the current value, then at each change. */
  subscribe(callback: SubscriptionCallback): void
  clearSub(callback: SubscriptionCallback): void
}

export interface Checkable extends Device {
  /** Throws when the value cannot be set. */
  checkValue(value: unknown): void
}

/** A device that can say whether a rewind may repeat its readings. */
export interface RewindMarked extends Device {
  readonly rewindable: { get(): boolean }
}

function has(value: unknown, member: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, member) === 'function'
}

export function isReadable(value: unknown): value is Readable {
  return has(value, 'read') && has(value, 'describe')
}
export function isConfigurable(value: unknown): value is Configurable {
  return has(value, 'readConfiguration') && has(value, 'describeConfiguration')
}
export function isReconfigurable(value: unknown): value is Reconfigurable {
  return has(value, 'configure')
}
export function isTriggerable(value: unknown): value is Triggerable {
  return has(value, 'trigger')
}
export function isMovable(value: unknown): value is Movable {
  return has(value, 'set') && typeof Reflect.get(Object(value), 'name') === 'string'
}
export function isPreparable(value: unknown): value is Preparable {
  return has(value, 'prepare')
}
export function isLocatable(value: unknown): value is Locatable {
  return has(value, 'locate') && has(value, 'set')
}
export function isStageable(value: unknown): value is Stageable {
  return has(value, 'stage') && has(value, 'unstage')
}
export function isStoppable(value: unknown): value is Stoppable {
  return has(value, 'stop')
}
export function isPausable(value: unknown): value is Pausable {
  return has(value, 'pause') && has(value, 'resume')
}
export function isFlyable(value: unknown): value is Flyable {
  return has(value, 'kickoff') && has(value, 'complete')
}
export function isCollectable(value: unknown): value is Collectable {
  return has(value, 'describeCollect')
}
export function isEventCollectable(value: unknown): value is EventCollectable {
  return isCollectable(value) && has(value, 'collect')
}
export function isEventPageCollectable(value: unknown): value is EventPageCollectable {
  return isCollectable(value) && has(value, 'collectPages')
}
export function writesAssets(value: unknown): value is WritesAssets {
  return has(value, 'collectAssetDocs')
}
export function writesStreamAssets(value: unknown): value is WritesStreamAssets {
  return writesAssets(value) && has(value, 'getIndex')
}
export function isSubscribable(value: unknown): value is Subscribable {
  return has(value, 'subscribe') && has(value, 'clearSub')
}
export function isCheckable(value: unknown): value is Checkable {
  return has(value, 'checkValue')
}
