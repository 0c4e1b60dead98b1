/** Which of several processes of one service looks after a stream: 0-based, of so many. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** True in exactly one of the `count` processes. The place of a stream follows from its name alone. */
export function ownsStream(shard: Shard, stream: string): boolean {
  return shard.count <= 1 || ownerOf(stream, shard.count) === shard.index
}

/** Index of the process that looks after a stream. */
export function ownerOf(stream: string, count: number): number {
  return hash(stream) % count
}

/** FNV-1a of the UTF-16 units, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
