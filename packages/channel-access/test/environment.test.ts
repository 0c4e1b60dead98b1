import { expect, test } from 'vitest'
import { caOptionsFromEnvironment } from '../src/environment.ts'
import { parseHostPort, resolveOptions } from '../src/options.ts'

test('every client variable becomes its option', () => {
  expect(
    caOptionsFromEnvironment({
      EPICS_CA_ADDR_LIST: ' 10.0.0.255  ioc1:5070\t',
      EPICS_CA_AUTO_ADDR_LIST: 'no',
      EPICS_CA_NAME_SERVERS: 'ns:5064',
      EPICS_CA_CONN_TMO: '12.5',
      EPICS_CA_SERVER_PORT: '15064',
      EPICS_CA_REPEATER_PORT: '15065',
      EPICS_CA_MAX_SEARCH_PERIOD: '90',
      EPICS_CA_MCAST_TTL: '4',
      EPICS_CA_MAX_ARRAY_BYTES: '100000',
      EPICS_CA_AUTO_ARRAY_BYTES: 'NO',
    }),
  ).toEqual({
    addrList: ['10.0.0.255', 'ioc1:5070'],
    autoAddrList: false,
    nameServers: ['ns:5064'],
    connTimeoutMs: 12_500,
    serverPort: 15_064,
    repeaterPort: 15_065,
    maxSearchPeriodMs: 90_000,
    multicastTtl: 4,
    maxPayloadBytes: 100_000,
  })
})

test('what is absent or empty sets nothing', () => {
  expect(caOptionsFromEnvironment({ EPICS_CA_ADDR_LIST: '', PATH: '/bin' })).toEqual({})
})

test('the array limit holds only without the automatic one and never below 16 KiB', () => {
  expect(caOptionsFromEnvironment({ EPICS_CA_MAX_ARRAY_BYTES: '100000' })).toEqual({})
  expect(
    caOptionsFromEnvironment({ EPICS_CA_MAX_ARRAY_BYTES: '100', EPICS_CA_AUTO_ARRAY_BYTES: 'no' }),
  ).toEqual({ maxPayloadBytes: 16_384 })
})

test('a search period below 60 s is taken as 60 s', () => {
  expect(caOptionsFromEnvironment({ EPICS_CA_MAX_SEARCH_PERIOD: '5' })).toEqual({ maxSearchPeriodMs: 60_000 })
})

test.each([
  ['EPICS_CA_AUTO_ADDR_LIST', 'maybe'],
  ['EPICS_CA_CONN_TMO', 'long'],
  ['EPICS_CA_SERVER_PORT', '-1'],
])('%s = %s is refused with its name', (name, value) => {
  expect(() => caOptionsFromEnvironment({ [name]: value })).toThrow(name)
})

test('options out of range and bad addresses are refused with their name', () => {
  const host = { userName: 'op', hostName: 'ws1' }
  expect(() => resolveOptions({ connTimeoutMs: 0 }, host)).toThrow('connTimeoutMs')
  expect(() => resolveOptions({ addrList: ['a:b:c'] }, host)).toThrow('a:b:c')
  expect(() => parseHostPort('host:70000', 5064)).toThrow('CA_OPTION_INVALID')
  expect(parseHostPort('host', 5064)).toEqual({ host: 'host', port: 5064 })
})
