// Shared by the benchmarks: the C sender, a pipeline of one JUNGFRAU module, and what they count.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  defaultPipelineOptions,
  parseDetectorConfig,
  Pipeline,
  type DetectorConfig,
  type PipelineEvent,
  type PipelineOptions,
} from '../src/index.ts'

export const frameBytes = 1_048_576

export const folder = mkdtempSync(join(process.env['BEAMTIME_BENCH_FOLDER'] ?? tmpdir(), 'daq-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The compiled load program; undefined without a C compiler. */
export function loadProgram(): string | undefined {
  const path = join(folder, 'udp-load')
  if (existsSync(path)) return path
  const source = fileURLToPath(new URL('./native/udp-load.c', import.meta.url))
  try {
    execFileSync('cc', ['-O2', '-o', path, source], { stdio: 'ignore' })
    return path
  } catch {
    return undefined
  }
}

/** Sends frames and gives how many; `rateHz` 0 = as fast as it goes. */
export function sendFrames(options: {
  readonly port: number
  readonly rateHz: number
  readonly seconds: number
  readonly first?: number
}): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port, rateHz, seconds, first = 1 } = options
    const args = ['send', port, rateHz, seconds, first].map(String)
    const child = spawn(loadProgram() ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.once('error', reject)
    child.once('exit', () => resolve(Number(out)))
  })
}

/** One JUNGFRAU module on a free port. */
export function benchConfig(more: Readonly<Record<string, unknown>> = {}): DetectorConfig {
  return parseDetectorConfig({
    detector_name: 'bench',
    detector_type: 'jungfrau-raw',
    n_modules: 1,
    bit_depth: 16,
    image_pixel_width: 1024,
    image_pixel_height: 512,
    start_udp_port: 0,
    module_positions: {},
    ...more,
  })
}

export async function startPipeline(
  more: Partial<PipelineOptions> & {
    readonly ringGb?: number
    readonly type?: string
    readonly live?: Readonly<Record<string, unknown>>
  } = {},
  onEvent: (event: PipelineEvent) => void = () => undefined,
): Promise<Pipeline> {
  const { ringGb = 1, type = 'jungfrau-raw', live = {}, ...options } = more
  const config = benchConfig({ detector_type: type, ram_buffer_gb: ringGb, live_stream_configs: live })
  return Pipeline.start(
    config,
    {
      ...defaultPipelineOptions,
      udpHost: '127.0.0.1',
      mirror: 'off',
      ipcDirectory: '',
      addonFolder: folder,
      ...options,
    },
    onEvent,
  )
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Frames that came, whole and not, once nothing comes any more. */
export async function settled(
  pipeline: Pipeline,
): Promise<{ readonly whole: number; readonly broken: number; readonly lostPackets: number }> {
  let before = -1
  for (;;) {
    const { packetsOk } = pipeline.counters.port(0)
    if (packetsOk === before) break
    before = packetsOk
    await sleep(1_500)
  }
  const { good, missing } = pipeline.counters.images()
  return { whole: good, broken: missing, lostPackets: pipeline.counters.port(0).packetsLost }
}

export function gigabytes(frames: number, seconds: number): number {
  return Number(((frames * frameBytes) / seconds / 1e9).toFixed(2))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
