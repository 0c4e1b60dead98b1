import { expect, test } from 'vitest'
import { createRepeaterRegistration } from '../../src/core/repeater-registration.ts'
import { createRepeater } from '../../src/core/repeater.ts'
import { beacon } from '../../src/messages/beacon.ts'
import { repeaterRegister } from '../../src/messages/repeater-register.ts'

const register = repeaterRegister.encode({ address: 0 })
const local = (port: number): { address: string; port: number } => ({ address: '127.0.0.1', port })

test('a beacon reaches every registered client, with the address of its server', () => {
  const repeater = createRepeater({ isLocal: (address) => address === '127.0.0.1' })
  expect(repeater.step({ kind: 'datagram', bytes: register, from: local(1_001), nowMs: 0 })).toMatchObject([
    { kind: 'send', to: local(1_001) },
  ])
  repeater.step({ kind: 'datagram', bytes: new Uint8Array(0), from: local(1_002), nowMs: 0 })
  const bytes = beacon.encode({ minor: 13, port: 5064, counter: 1, address: 0 })
  const sent = repeater.step({
    kind: 'datagram',
    bytes,
    from: { address: '10.0.0.7', port: 40_000 },
    nowMs: 0,
  })
  const filled = beacon.encode({ minor: 13, port: 5064, counter: 1, address: 0x0a000007 })
  expect(sent).toEqual([
    { kind: 'send', bytes: filled, to: local(1_001) },
    { kind: 'send', bytes: filled, to: local(1_002) },
  ])
})

test('strangers cannot register, and a sender gets nothing back', () => {
  const repeater = createRepeater({ isLocal: (address) => address === '127.0.0.1' })
  expect(
    repeater.step({ kind: 'datagram', bytes: register, from: { address: '10.0.0.7', port: 9 }, nowMs: 0 }),
  ).toEqual([])
  expect(repeater.clients).toBe(0)
  repeater.step({ kind: 'datagram', bytes: register, from: local(1_001), nowMs: 0 })
  expect(
    repeater.step({ kind: 'datagram', bytes: new Uint8Array(16), from: local(1_001), nowMs: 0 }),
  ).toEqual([])
})

test('clients that died are found when another registers', () => {
  const repeater = createRepeater({ isLocal: () => true })
  repeater.step({ kind: 'datagram', bytes: register, from: local(1_001), nowMs: 0 })
  const actions = repeater.step({ kind: 'datagram', bytes: register, from: local(1_002), nowMs: 5_000 })
  expect(actions).toContainEqual({ kind: 'probe', clients: [local(1_001)] })
  repeater.step({ kind: 'free', client: local(1_001) })
  expect(repeater.clients).toBe(1)
})

test('registration is repeated each second until confirmed, then each minute', () => {
  const registration = createRepeaterRegistration(0)
  expect(registration.tick(0)).toEqual({ register: true, missing: false })
  expect(registration.tick(500)).toEqual({ register: false, missing: false })
  expect(registration.tick(1_000)).toEqual({ register: true, missing: false })
  expect(registration.tick(2_000)).toEqual({ register: true, missing: true })
  expect(registration.confirmed(2_100)).toBe(true)
  expect(registration.nextMs()).toBe(62_100)
  expect(registration.tick(62_100).register).toBe(true)
  expect(registration.confirmed(62_200)).toBe(false)
})
