/** Words of an entry of the queues: what a frame (receiver to image thread) or an image (image thread to writer) is. */
export const descriptor = {
  module: 0,
  image: 1,
  missing: 2,
  firstPacketMs: 3,
  generation: 4,
  /** Image: its index in the writer's file, or the end of the run. */
  index: 5,
  status: 6,
  /** Frame: the group of ports that take turns. */
  turn: 7,
  /** 8 words of the packet's header. */
  meta: 8,
} as const

/** `index` of the entry that ends a run. */
export const endOfRun = -1
