import type { DetectorModel } from '../core/detector-model.ts'
import { Counters, counterWords } from './counters.ts'
import { Bell, DescriptorQueue } from './descriptor-queue.ts'
import {
  planControl,
  planMemory,
  receiverQueueCapacity,
  writerQueueCapacity,
  type ControlPlan,
  type MemoryPlan,
  type PlanOptions,
} from './memory-plan.ts'
import { SlotWords } from './slot-words.ts'

/** What a pipeline's threads share; plain data and memory, so it can be sent to a worker. */
export interface SharedMemory {
  readonly memory: WebAssembly.Memory
  readonly control: SharedArrayBuffer
  readonly plan: MemoryPlan
  readonly layout: ControlPlan
  readonly ports: number
}

/** Reserves the memory of a pipeline. */
export function createSharedMemory(options: PlanOptions): SharedMemory {
  const plan = planMemory(options)
  const ports = options.model.ports.length
  const layout = planControl(plan, counterWords(ports, plan.writers.length))
  const pages = plan.totalBytes / 65_536
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const shared = { memory, control: new SharedArrayBuffer(layout.totalBytes), plan, layout, ports }
  openShared(shared).slots.clear()
  return shared
}

export interface SharedParts {
  readonly slots: SlotWords
  readonly counters: Counters
  readonly imageBell: Bell
  receiverQueue(receiver: number): DescriptorQueue
  writerQueue(writer: number): DescriptorQueue
  writerBell(writer: number): Bell
}

/** The parts of the control block as objects; each thread makes its own. */
export function openShared(shared: SharedMemory): SharedParts {
  const { control, layout, plan } = shared
  const words = (offset: number, count: number): Int32Array => new Int32Array(control, offset, count)
  const at = (offsets: readonly number[], index: number): number => offsets[index] ?? 0
  return {
    slots: new SlotWords({
      words: words(layout.slotWords, plan.slots),
      spoiled: words(layout.spoiled, plan.slots),
      generation: words(layout.generation, 1),
    }),
    counters: new Counters(
      new Float64Array(control, layout.counters, counterWords(shared.ports, plan.writers.length)),
      shared.ports,
    ),
    imageBell: new Bell(words(layout.imageBell, 1)),
    receiverQueue: (receiver) =>
      new DescriptorQueue(control, {
        offset: at(layout.receiverQueues, receiver),
        capacity: receiverQueueCapacity,
      }),
    writerQueue: (writer) =>
      new DescriptorQueue(control, {
        offset: at(layout.writerQueues, writer),
        capacity: writerQueueCapacity(plan),
      }),
    writerBell: (writer) => new Bell(words(at(layout.writerBells, writer), 1)),
  }
}

/** Address of the slot of an image. */
export function slotAddress(plan: MemoryPlan, id: number): number {
  return plan.slotsAt + (id % plan.slots) * plan.slotBytes
}

/** The pixels of an image in its slot; look at `SlotWords.holds` before and after. */
export function slotPixels(
  shared: SharedMemory,
  id: number,
  model: Pick<DetectorModel, 'imageBytes'>,
): Uint8Array {
  return new Uint8Array(shared.memory.buffer, slotAddress(shared.plan, id), model.imageBytes)
}
