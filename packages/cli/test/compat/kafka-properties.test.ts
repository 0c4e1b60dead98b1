import fc from 'fast-check'
import { expect, test } from 'vitest'
import { busOptionsOf } from '../../src/compat/kafka-client-settings.ts'
import { parseProperties } from '../../src/compat/kafka-properties.ts'

/* Cases of java.util.Properties, section "load" of its documentation. */
test.each([
  ['Truth = Beauty', ['Truth', 'Beauty']],
  [' Truth:Beauty', ['Truth', 'Beauty']],
  ['Truth                    :Beauty', ['Truth', 'Beauty']],
  ['fruits  apple, banana, \\\n    kiwi', ['fruits', 'apple, banana, kiwi']],
  ['cheeses', ['cheeses', '']],
  [String.raw`a\:b=c\u0041\t\\`, ['a:b', 'cA\t\\']],
  [String.raw`path=c:\\new\\`, ['path', String.raw`c:\new` + '\\']],
  ['# comment\n! comment\n\nk=v=w', ['k', 'v=w']],
])('%j is read as Java reads it', (text, pair) => {
  expect([...parseProperties(text)]).toEqual([pair])
})

test('any text is read without an error', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 })
  fc.assert(
    fc.property(text, (one) => {
      expect(() => parseProperties(one)).not.toThrow()
    }),
  )
})

test('words of plain letters are kept', () => {
  const word = fc.stringMatching(/^[a-z.]{1,20}$/)
  fc.assert(
    fc.property(fc.dictionary(word, word), (all) => {
      const text = Object.entries(all).map(([key, value]) => `${key}=${value}`)
      expect(Object.fromEntries(parseProperties(text.join('\n')))).toEqual({ ...all })
    }),
  )
})

const of = (properties: Record<string, string>) =>
  busOptionsOf('h:1', new Map(Object.entries(properties)), 'test')

test('a login is read from the JAAS line, quoted or not', () => {
  const sasl = { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN' }
  const line = String.raw`o.a.k.PlainLoginModule required username="a\"b" password='s;c' ;`
  expect(of({ ...sasl, 'sasl.jaas.config': line })).toMatchObject({
    security: 'sasl_ssl',
    sasl: { mechanism: 'PLAIN', username: 'a"b', password: 's;c' },
  })
  const bare = 'o.a.k.PlainLoginModule required username=alice password=secret;'
  expect(of({ ...sasl, 'sasl.jaas.config': bare }).sasl).toMatchObject({
    username: 'alice',
    password: 'secret',
  })
})

test('certificates may stand in the properties, and host names need not match', () => {
  const tls = {
    'security.protocol': 'SSL',
    'ssl.truststore.certificates': 'CA',
    'ssl.keystore.certificate.chain': 'CERT',
    'ssl.keystore.key': 'KEY',
    'ssl.endpoint.identification.algorithm': '',
  }
  expect(of(tls).tls).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY', checkHostname: false })
})

test.each([
  [{ 'security.protocol': 'KERBEROS' }, 'Invalid value kerberos for configuration security.protocol'],
  [{ 'security.protocol': 'SASL_SSL' }, 'sasl.mechanism=GSSAPI is not supported'],
  [
    { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'PLAIN' },
    'Could not find username and password in sasl.jaas.config',
  ],
  [
    { 'security.protocol': 'SSL', 'ssl.truststore.location': '/etc/trust.jks' },
    'ssl.truststore.type=JKS is not supported: set it to PEM',
  ],
])('what cannot be done is refused: %j', (properties, told) => {
  expect(() => of(properties)).toThrow(told)
})
