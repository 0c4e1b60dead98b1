// JUNGFRAU conversion of modules in memory: SIMD kernel, TypeScript reference, the same in C (-O3 -march=native) and in numpy.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jungfrauPlaneBytes } from '../src/ring/memory-plan.ts'
import { referenceKernel } from '../src/pixels/reference-kernel.ts'
import { pixelKernel } from '../src/pixels/simd-kernel.ts'
import type { PixelKernel } from '../src/pixels/pixel-kernel.ts'

const pixels = 1024 * 512
const memory = new WebAssembly.Memory({ initial: 420, maximum: 420, shared: true })
const source = 65_536
const target = source + pixels * 2
const planes = target + pixels * 4
const view = new DataView(memory.buffer)
const raw = new Uint16Array(memory.buffer, source, pixels)
for (let at = 0; at < pixels; at += 1) raw[at] = ((at * 2_654_435_761) >>> 18) & 0x3fff
// Pedestals of the gain codes 0 to 3, then gains: three planes each, code 3 has the third.
for (let index = 0; index < 8; index += 1) {
  const plane = (index < 4 ? 0 : 3) + Math.min(2, index % 4)
  view.setUint32(4_096 + index * 4, planes + plane * jungfrauPlaneBytes, true)
}

function rate(kernel: PixelKernel, rounds: number): number {
  const job = { source, target, pixels, table: 4_096, first: 0, error: Number.NaN, saturated: Infinity }
  for (let round = 0; round < 5; round += 1) kernel.jungfrau(job)
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) kernel.jungfrau(job)
  const used = process.cpuUsage(before)
  return Number(((rounds * pixels * 2) / (used.user + used.system) / 1e3).toFixed(2))
}

function both(name: string): Record<string, number> {
  return {
    [`${name} simd GB/s`]: rate(pixelKernel(memory), 400),
    [`${name} reference GB/s`]: rate(referenceKernel(memory), 20),
  }
}

const numpy = `
import time, numpy as np
raw = ((np.arange(${pixels}, dtype=np.uint64) * 2654435761) >> 18 & 0x3fff).astype(np.uint16)
ped = np.zeros((3, raw.size), np.float32); gain = np.ones((3, raw.size), np.float32)
idx = np.array([0, 1, 2, 2]); at = np.arange(raw.size)
t = time.process_time(); n = 20
for _ in range(n):
    g = idx[raw >> 14]
    out = ((raw & 0x3fff).astype(np.float32) - ped[g, at]) * gain[g, at]
print(n * raw.size * 2 / (time.process_time() - t) / 1e9)
`

function inNumpy(): number | undefined {
  try {
    const peer = join(homedir(), '.cache', 'beamtime-peers', 'h5py', 'bin', 'python')
    const python = process.env['BEAMTIME_BENCH_PYTHON'] ?? (existsSync(peer) ? peer : 'python3')
    return Number(
      Number(execFileSync(python, ['-c', numpy], { stdio: ['ignore', 'pipe', 'ignore'] })).toFixed(2),
    )
  } catch {
    return undefined // no numpy here
  }
}

function inC(kind: number): number | undefined {
  const source = fileURLToPath(new URL('./native/convert.c', import.meta.url))
  const program = join(mkdtempSync(join(tmpdir(), 'bench-convert-')), 'convert')
  try {
    execFileSync('cc', ['-O3', '-march=native', '-o', program, source], { stdio: 'ignore' })
    return Number(execFileSync(program, ['200', String(kind)]))
  } catch {
    return undefined // no C compiler here
  } finally {
    rmSync(dirname(program), { recursive: true })
  }
}

const low = { ...both('one gain'), 'one gain C GB/s': inC(0) }
for (let at = 0; at < pixels; at += 100) raw[at] = (raw[at] ?? 0) | (1 << 14)
const few = { ...both('1 % in G1'), '1 % in G1 C GB/s': inC(1) }
for (let at = 0; at < pixels; at += 1) raw[at] = ((raw[at] ?? 0) & 0x3fff) | (([0, 1, 3][at % 3] ?? 0) << 14)
const mixed = { ...both('three gains'), 'three gains C GB/s': inC(2) }
console.log(
  JSON.stringify({
    name: 'detector-daq/convert',
    node: process.version,
    load: loadavg().map((each) => Number(each.toFixed(1))),
    per: 'CPU second of one thread, raw input',
    ...low,
    ...few,
    ...mixed,
    'three gains numpy GB/s': inNumpy(),
  }),
)
