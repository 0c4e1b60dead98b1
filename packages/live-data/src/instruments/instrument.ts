/* What an instrument is: streams, their names on the wire, pixel ranges and the views of its detectors. Data only. */

/** A range of pixel ids and how it is laid out. */
export interface DetectorBank {
  readonly stream: string
  /** Names on the wire in production; several sources may feed one stream. */
  readonly sources: readonly WireSource[]
  /** Further names in the simplified topics; the stream's own name is always known there. */
  readonly devSources?: readonly string[]
  readonly firstId: number
  readonly lastId: number
  /** Logical shape, slowest first; absent where ids are not consecutive. */
  readonly layout?: Layout
  /** What the fakes send per pulse (per wire source). Default 10 000. */
  readonly fakeEventsPerPulse?: number
}

export interface WireSource {
  readonly topic: string
  readonly source: string
}

/** Named dimensions with their lengths, slowest first. */
export type Layout = readonly (readonly [dim: string, length: number])[]

export interface AreaDetector {
  readonly stream: string
  readonly sources: readonly WireSource[]
  /** Of the frames that the fakes send. */
  readonly fakeShape: readonly [number, number]
}

export interface MonitorStream {
  readonly stream: string
  /** Name on the wire in production, on `{i}_beam_monitor`. */
  readonly source: string
  /** Further names there. */
  readonly alsoSources?: readonly string[]
  /** Present: events carry pixel ids firstId..lastId. */
  readonly pixels?: readonly [firstId: number, lastId: number]
}

export interface LogStream {
  readonly stream: string
  /** Without the instrument's name: `motion`, `choppers`, `sample_env`. */
  readonly topic: string
  readonly source: string
  readonly unit: string
}

/** Process variables of one motor, merged into one stream. */
export interface DeviceStream {
  readonly stream: string
  readonly value: string
  readonly target?: string
  readonly idle?: string
  readonly unit: string
  readonly topic: string
}

/** Screen of a logical view: each screen dimension is one or more dimensions of `fold`; the rest is summed. */
export interface LogicalView {
  readonly kind: 'logical'
  /** Finer division of the bank's layout; the product of the lengths is the number of pixels. */
  readonly fold: Layout
  readonly screen: readonly (readonly [dim: string, from: readonly string[]])[]
  /** Only pixels at these places of dimensions count. */
  readonly select?: Readonly<Record<string, number>>
}

export type Projection = 'xy_plane' | 'cylinder_mantle_z' | 'cylinder_mantle_y'

/** Pixels projected by their place; needs a geometry file. */
export interface GeometricView {
  readonly kind: 'geometric'
  readonly projection: Projection
  /** Sources that are projected another way. */
  readonly projections?: Readonly<Record<string, Projection>>
  /** Screen pixels per dimension, by source. */
  readonly resolution: Readonly<Record<string, readonly (readonly [dim: string, length: number])[]>>
  readonly noise: { readonly kind: 'gaussian'; readonly sigmaM: number } | { readonly kind: 'cylindrical' }
  readonly flipX: readonly string[]
}

export interface DetectorViewEntry {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly sources: readonly string[]
  readonly view: LogicalView | Readonly<Record<string, LogicalView>> | GeometricView
  readonly roi: boolean
  /** Extra output of BIFROST: spectra per group of pixels. */
  readonly spectrumView?: boolean
  /** Streams that must have a value before data count. */
  readonly contextStreams?: Readonly<Record<string, readonly string[]>>
}

export interface AreaViewEntry {
  readonly name: string
  readonly title: string
  readonly sources: readonly string[]
  /** Sum neighbouring pixels until the image has this many rows and columns, with these names. */
  readonly fold?: { readonly size: number; readonly dims: readonly [string, string] }
}

/** An output that NICOS sees as a device. */
export interface NicosDevice {
  readonly deviceName: string
  readonly workflow: string
  readonly source: string
  readonly output: string
}

export interface Instrument {
  readonly name: string
  readonly title: string
  /** For trying things out: default workflows start by themselves unless that is turned off. */
  readonly isForTrials?: boolean
  readonly monitors: readonly MonitorStream[]
  readonly detectors: readonly DetectorBank[]
  readonly areaDetectors: readonly AreaDetector[]
  readonly logs: readonly LogStream[]
  readonly devices: readonly DeviceStream[]
  readonly detectorViews: readonly DetectorViewEntry[]
  readonly areaViews: readonly AreaViewEntry[]
  /** Reduction workflows by file name (see workflows/catalog.ts). */
  readonly reductions: readonly ReductionEntry[]
  readonly nicosDevices: readonly NicosDevice[]
}

export interface ReductionEntry {
  readonly workflow: 'total_counts' | 'detector_ratemeter' | 'monitor_counts_per_pixel'
  readonly sources: readonly string[]
}
