type Rgb = readonly [number, number, number]

export function rgbOf(hex: string): Rgb {
  const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return [part(1), part(3), part(5)]
}

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
const gamma = (v: number): number => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)

/** WCAG 2 contrast ratio of two colours. */
export function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b_] = rgbOf(hex).map(linear) as unknown as Rgb
    return 0.2126 * r + 0.7152 * g + 0.0722 * b_
  }
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)
}

// Machado, Oliveira, Fernandes 2009, severity 1.
export const deficiencies: Readonly<Record<string, readonly (readonly [number, number, number])[] | null>> = {
  none: null,
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

function seen(hex: string, matrix: readonly (readonly [number, number, number])[] | null): Rgb {
  const rgb = rgbOf(hex).map(linear) as unknown as Rgb
  if (matrix === null) return rgb
  return matrix.map((row) =>
    Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])),
  ) as unknown as Rgb
}

function lab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((v) => linear(gamma(v))) as unknown as Rgb
  const x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b
  const z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
  const f = (v: number): number => (v > 216 / 24389 ? Math.cbrt(v) : ((24389 / 27) * v) / 116 + 16 / 116)
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
}

/** CIE76 distance as somebody with the deficiency sees it. */
export function distance(a: string, b: string, deficiency: string): number {
  const matrix = deficiencies[deficiency] ?? null
  const [p, q] = [lab(seen(a, matrix)), lab(seen(b, matrix))]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}
