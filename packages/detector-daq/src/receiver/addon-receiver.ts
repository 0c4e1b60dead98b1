import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { nowMs } from './clock.ts'
import type { PortGroup } from './port-group.ts'
import type { UdpAddon } from './udp-addon.ts'

const mostPasses = 32

/** Receives in this thread, which does nothing else, until something is posted to `control`. */
export function receiveWithAddon(parts: {
  readonly addon: UdpAddon
  readonly fds: readonly number[]
  readonly group: PortGroup
  readonly memory: WebAssembly.Memory
  readonly control: MessagePort
}): void {
  const { addon, group } = parts
  const { staging, packetStride, batch } = group.area
  const bytes = new Uint8Array(parts.memory.buffer, staging, packetStride * batch)
  const lengths = new Int32Array(batch)
  const fds = Int32Array.from(parts.fds)
  const datagram = { at: 0, length: 0, nowMs: nowMs() }
  let lastTickMs = datagram.nowMs
  for (;;) {
    let received = 0
    for (let which = 0; which < fds.length; which += 1) {
      const fd = fds[which] ?? -1
      // A port that is flooded must not starve the others for long.
      for (let pass = 0; pass < mostPasses; pass += 1) {
        const count = addon.receive(fd, bytes, packetStride, lengths)
        if (count <= 0) break
        datagram.nowMs = nowMs()
        for (let index = 0; index < count; index += 1) {
          datagram.at = staging + index * packetStride
          datagram.length = lengths[index] ?? 0
          group.packet(which, datagram)
        }
        received += count
        group.flushBatch()
        if (count < batch) break
      }
    }
    const now = nowMs()
    if (now - lastTickMs >= 20) {
      lastTickMs = now
      group.tick(now)
      if (receiveMessageOnPort(parts.control) !== undefined) break
    }
    if (received === 0) addon.wait(fds, fds.length, group.isBusy ? 20 : 250)
  }
  for (const fd of fds) addon.close(fd)
}
