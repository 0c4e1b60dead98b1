/** An IPv4 address and a port. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

export function endpointText({ address, port }: Endpoint): string {
  return `${address}:${port}`
}

/** Dotted text of an IPv4 address as the wire has it. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}

/** An IPv4 address as the wire has it, or undefined for anything else. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}
