import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }
 * tbsCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, publicKey, [3] extensions }
 * Source: RFC 5280, section 4.1; made here so that tests of TLS need no openssl program. */

export interface TestCertificate {
  /** PEM texts. */
  readonly cert: string
  readonly key: string
}

const tag = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30 }
const tagSet = 0x31
const dayMs = 86_400_000

function der(tagByte: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  if (length < 0x80) return Buffer.concat([Buffer.from([tagByte, length]), body])
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tagByte, ...size]), body])
}

/** Identifiers are given as their encoded bytes. */
const oid = (hex: string): Buffer => der(tag.oid, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = der(tag.sequence, oid('2a8648ce3d040302'))

function name(attributes: readonly (readonly [hex: string, value: string])[]): Buffer {
  const sets = attributes.map(([hex, value]) =>
    der(tagSet, der(tag.sequence, oid(hex), der(tag.utf8, Buffer.from(value)))),
  )
  return der(tag.sequence, ...sets)
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(tag.utcTime, Buffer.from(`${digits}Z`))
}

/** A certificate of 127.0.0.1 and localhost for two days that signs itself, with the subject O=`organization`, CN=`commonName`. */
export function selfSignedCertificate(organization: string, commonName: string): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const subject = name([
    ['55040a', organization],
    ['550403', commonName],
  ])
  const nowMs = Date.now()
  const names = der(tag.sequence, der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from('localhost')))
  const isAuthority = der(tag.sequence, der(0x01, Buffer.from([0xff])))
  const extensions = der(
    tag.sequence,
    der(tag.sequence, oid('551d11'), der(tag.octets, names)),
    der(tag.sequence, oid('551d13'), der(0x01, Buffer.from([0xff])), der(tag.octets, isAuthority)),
  )
  const toBeSigned = der(
    tag.sequence,
    der(0xa0, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    subject,
    der(tag.sequence, utcTime(nowMs - dayMs), utcTime(nowMs + dayMs)),
    subject,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, extensions),
  )
  return { cert: pem(signed(toBeSigned, privateKey)), key: pkcs8(privateKey) }
}

function signed(toBeSigned: Buffer, key: KeyObject): Buffer {
  const signature = sign('sha256', toBeSigned, key)
  return der(tag.sequence, toBeSigned, ecdsaWithSha256, der(tag.bits, Buffer.from([0]), signature))
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function pkcs8(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}
