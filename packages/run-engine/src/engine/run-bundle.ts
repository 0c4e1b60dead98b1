import {
  composeRun,
  unixSecondsNow,
  type DescriptorComposer,
  type DocumentName,
  type Event,
  type ExitStatus,
  type NamedDocument,
  type ObjectConfiguration,
  type ObjectHints,
  type RunComposer,
  type SeqCounters,
} from '@beamtime/event-model'
import { writesAssets } from '../devices/protocols.ts'
import type {
  AssetDocument,
  DataKeys,
  Device,
  MaybePromise,
  Readings,
  SubscriptionCallback,
  Subscribable,
} from '../devices/protocols.ts'
import { RunEngineError, messageSequenceError } from '../error.ts'
import { emitAssets } from './assets.ts'
import { Descriptions, named, protocolError } from './descriptions.ts'
import { isPromise, whenKnown } from './maybe-promise.ts'

/** A stream of a run: its newest descriptor and the objects that it is made of, in order. */
export interface Stream {
  readonly name: string
  readonly composer: DescriptorComposer
  readonly objects: ReadonlyMap<Device, DataKeys>
  readonly order: readonly Device[]
  /** Keys whose data a stream_resource holds. */
  readonly streamKeys: ReadonlySet<string>
  /** Keys whose data are external in the older way: `filled` says so. */
  readonly unfilledKeys: readonly string[]
}

interface Monitor {
  readonly callback: SubscriptionCallback
  active: boolean
}

export interface RunBundleOptions {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly recordInterruptions: boolean
  readonly emit: (name: DocumentName, doc: NamedDocument[1]) => void
  readonly report: (event: string, error: unknown) => void
}

const interruptionsStream = 'interruptions'

/** One open run: its streams, the event being bundled, its monitors. Everything that belongs to a run key. */
export class RunBundle {
  readonly composer: RunComposer
  readonly emit: RunBundleOptions['emit']
  readonly report: RunBundleOptions['report']
  readonly streams = new Map<string, Stream>()
  readonly uncollected = new Set<Device>()
  /** Streams that were declared for a set of objects, by name. */
  readonly declared = new Map<string, ReadonlySet<Device>>()
  /** Streams of an object whose describeCollect names them itself. */
  readonly ownStreams = new Map<Device, readonly string[]>()
  readonly knownStreamResources = new Map<string, string>()
  readonly descriptions = new Descriptions()
  #monitors = new Map<Subscribable, Monitor>()
  #countersCopy: SeqCounters = new Map()
  #bundleName: string | null = null
  #objectsRead: Device[] = []
  #readings: Readings[] = []
  #assets: AssetDocument[] = []
  #interruptions: DescriptorComposer | null = null

  /** Opens the run: emits `start`, and the interruptions' descriptor if they are recorded. */
  constructor(options: RunBundleOptions) {
    this.emit = options.emit
    this.report = options.report
    this.composer = composeRun({ metadata: options.metadata })
    this.emit('start', this.composer.startDoc)
    this.takeCounters()
    if (options.recordInterruptions) {
      this.#interruptions = this.composer.composeDescriptor({
        name: interruptionsStream,
        data_keys: { interruption: { dtype: 'string', shape: [], source: 'RunEngine' } },
      })
      this.emit('descriptor', this.#interruptions.descriptorDoc)
    }
  }

  get uid(): string {
    return this.composer.startDoc.uid
  }

  get bundling(): boolean {
    return this.#bundleName !== null
  }

  /** Emits `stop`. Monitors that are still there end here. */
  close(exitStatus: ExitStatus, reason: string): string {
    for (const [device, monitor] of this.#monitors) {
      if (monitor.active) device.clearSub(monitor.callback)
    }
    this.#monitors.clear()
    this.emit('stop', this.composer.composeStop({ exit_status: exitStatus, reason }))
    return this.uid
  }

  /** Starts an event of the named stream. */
  create(name: string): void {
    if (this.bundling) {
      throw messageSequenceError(
        "a second 'create' is not allowed until the current event is closed with 'save' or 'drop'",
      )
    }
    this.#bundleName = name
    this.#objectsRead = []
    this.#readings = []
    this.#assets = []
  }

  drop(): void {
    if (!this.bundling) throw messageSequenceError("'drop' needs a 'create' before it")
    this.#bundleName = null
  }

  /** Adds a reading to the open event, if one is open. */
  addReading(device: Device, readings: Readings): MaybePromise<void> {
    if (!this.bundling) return undefined
    const known = this.descriptions.describe(device)
    return isPromise(known)
      ? known.then(() => this.#keepReading(device, readings))
      : this.#keepReading(device, readings)
  }

  /** Emits the event; before it the descriptor if the stream is new, and the pending asset documents. */
  save(): MaybePromise<void> {
    const name = this.#bundleName
    if (name === null) throw messageSequenceError("'save' needs a 'create' before it")
    this.#bundleName = null
    if (this.#objectsRead.length === 0) return
    let stream = this.streams.get(name)
    if (stream === undefined) {
      const objects = new Map(this.#objectsRead.map((device) => [device, this.descriptions.dataKeys(device)]))
      stream = this.openStream(name, objects)
    } else if (!sameDevices(stream, this.#objectsRead)) {
      throw new RunEngineError({
        code: 'RUN_MESSAGE_SEQUENCE',
        text: `the stream '${name}' is made of ${names(stream.order)}, but ${names(this.#objectsRead)} were read`,
        fault: 'caller',
        remedy: 'Read the same objects in every event of a stream, or name another stream.',
      })
    }
    if (this.#assets.length > 0) {
      const width = emitAssets(this, stream, this.#assets)
      if (width > 1) {
        throw new RunEngineError({
          code: 'RUN_ASSET_REFUSED',
          text: `a stream_datum of ${width} indices came with one event; one index is the most`,
          fault: 'caller',
          remedy: 'Let the device announce one index for each trigger.',
        })
      }
    }
    this.#emitEvent(stream)
  }

  #emitEvent(stream: Stream): void {
    const data: Record<string, unknown> = {}
    const timestamps: Record<string, Event['timestamps'][string]> = {}
    for (const readings of this.#readings) {
      for (const key in readings) {
        const reading = readings[key]
        if (reading === undefined) continue
        data[key] = reading.value
        timestamps[key] = reading.timestamp
      }
    }
    const filled: Record<string, boolean> = {}
    for (const key of stream.unfilledKeys) filled[key] = false
    this.emit('event', stream.composer.composeEvent({ data, timestamps, filled }))
  }

  #keepReading(device: Device, readings: Readings): MaybePromise<void> {
    const keys = this.descriptions.dataKeys(device)
    for (const other of this.#objectsRead) {
      const known = this.descriptions.dataKeys(other)
      for (const key in keys) {
        if (!(key in known)) continue
        throw messageSequenceError(
          `the data key '${key}' of ${device.name} is already taken by ${other.name} in this event`,
        )
      }
    }
    this.#objectsRead.push(device)
    this.#readings.push(readings)
    if (!writesAssets(device)) return undefined
    const docs = device.collectAssetDocs()
    if (Symbol.asyncIterator in docs) return this.#keepAssets(docs)
    for (const doc of docs) this.#assets.push(doc)
    return undefined
  }

  async #keepAssets(docs: AsyncIterable<AssetDocument>): Promise<void> {
    for await (const doc of docs) this.#assets.push(doc)
  }

  /** Emits the descriptor of a stream made of these objects; again for a stream that is known. */
  openStream(name: string, objects: ReadonlyMap<Device, DataKeys>): Stream {
    const isNew = !this.streams.has(name)
    const dataKeys: Record<string, DataKeys[string]> = {}
    const configuration: Record<string, ObjectConfiguration> = {}
    const objectKeys: Record<string, readonly string[]> = {}
    const hints: Record<string, ObjectHints> = {}
    for (const [device, keys] of objects) {
      Object.assign(dataKeys, named(keys, device))
      objectKeys[device.name] = Object.keys(keys)
      configuration[device.name] = this.descriptions.configuration(device)
      if (device.hints !== undefined) hints[device.name] = { ...device.hints }
    }
    const composer = this.composer.composeDescriptor({
      name,
      data_keys: dataKeys,
      configuration,
      object_keys: objectKeys,
      hints,
    })
    const keys = Object.entries(dataKeys)
    const stream: Stream = {
      name,
      composer,
      objects,
      order: [...objects.keys()],
      streamKeys: new Set(keys.filter(([, key]) => key.external === 'STREAM:').map(([key]) => key)),
      unfilledKeys: keys
        .filter(([, key]) => key.external !== undefined && key.external !== 'STREAM:')
        .map(([key]) => key),
    }
    this.streams.set(name, stream)
    this.emit('descriptor', composer.descriptorDoc)
    if (isNew) this.#countersCopy = new Map([...this.#countersCopy, [name, 1]])
    return stream
  }

  /** Reads the configuration of an object again; each of its streams gets a new descriptor. */
  reconfigured(device: Device): MaybePromise<void> {
    return whenKnown(this.descriptions.describeConfiguration(device, true), () => {
      for (const stream of this.streams.values()) {
        if (stream.objects.has(device)) this.openStream(stream.name, stream.objects)
      }
    })
  }

  /** Emits a descriptor now and an event at each callback of the device. */
  monitor(device: Subscribable, name: string): MaybePromise<void> {
    if (this.#monitors.has(device)) throw messageSequenceError(`${device.name} is monitored already`)
    return whenKnown(this.descriptions.describe(device), () => {
      this.openStream(name, new Map([[device, this.descriptions.dataKeys(device)]]))
      const monitor: Monitor = {
        callback: (readings) => this.#onMonitor(name, device, readings),
        active: true,
      }
      this.#monitors.set(device, monitor)
      device.subscribe(monitor.callback)
    })
  }

  unmonitor(device: Subscribable): void {
    const monitor = this.#monitors.get(device)
    if (monitor === undefined) throw messageSequenceError(`${device.name} is not monitored`)
    if (monitor.active) device.clearSub(monitor.callback)
    this.#monitors.delete(device)
  }

  #onMonitor(name: string, device: Subscribable, given: Readings | undefined): void {
    const readings = given ?? device.read()
    if (isPromise(readings)) {
      this.report(
        'monitor.failed',
        protocolError(device, 'readable at once from a callback without readings'),
      )
      return
    }
    const entries = Object.entries(readings)
    const stream = this.streams.get(name)
    if (stream === undefined) return
    const event = stream.composer.composeEvent({
      data: Object.fromEntries(entries.map(([key, reading]) => [key, reading.value])),
      timestamps: Object.fromEntries(entries.map(([key, reading]) => [key, reading.timestamp])),
    })
    this.emit('event', event)
  }

  /** Removes the monitors' subscriptions but keeps their parameters. */
  suspendMonitors(): void {
    for (const [device, monitor] of this.#monitors) {
      if (monitor.active) device.clearSub(monitor.callback)
      monitor.active = false
    }
  }

  restoreMonitors(): void {
    for (const [device, monitor] of this.#monitors) {
      if (monitor.active) continue
      monitor.active = true
      device.subscribe(monitor.callback)
    }
  }

  /** Ends the monitors; errors are reported and swallowed. */
  clearMonitors(): void {
    for (const [device, monitor] of this.#monitors) {
      try {
        if (monitor.active) device.clearSub(monitor.callback)
        this.#monitors.delete(device)
      } catch (error) {
        this.report('monitor.clear-failed', error)
      }
    }
  }

  /** Writes an event of the interruptions stream, if there is one. */
  recordInterruption(text: string): void {
    if (this.#interruptions === null) return
    const event = this.#interruptions.composeEvent({
      data: { interruption: text },
      timestamps: { interruption: unixSecondsNow() },
    })
    this.emit('event', event)
  }

  /** Copies the counters: the point to which a rewind returns. */
  takeCounters(): void {
    this.#countersCopy = this.composer.seqCounters()
  }

  forgetCounters(): void {
    this.#countersCopy = new Map()
  }

  /** Back to the last checkpoint. The interruptions' counter is left alone: they did happen. */
  rewind(): void {
    this.composer.restoreSeqCounters(this.#countersCopy, { keep: [interruptionsStream] })
    this.#bundleName = null
  }

  /** Moves the counter of a stream on by rows that came as stream_datum. */
  advance(stream: string, rows: number): void {
    const counters = new Map(this.composer.seqCounters())
    counters.set(stream, (counters.get(stream) ?? 1) + rows)
    this.composer.restoreSeqCounters(counters)
  }
}

function sameDevices(stream: Stream, read: readonly Device[]): boolean {
  if (stream.order.length !== read.length) return false
  for (let i = 0; i < read.length; i++) {
    const device = read[i]
    if (stream.order[i] !== device && (device === undefined || !stream.objects.has(device))) return false
  }
  return true
}

function names(devices: readonly Device[]): string {
  return devices.map((device) => device.name).join(', ')
}
