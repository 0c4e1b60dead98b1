export { selfSignedCertificate, type TestCertificate } from './testing/certificate.ts'
