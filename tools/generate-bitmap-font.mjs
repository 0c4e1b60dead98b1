// Takes the letters of the pictures from the console font Fixed 8x16 (public domain; Debian package
// console-setup-linux) into packages/live-data/src/picture/letters.generated.ts. With --check only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { root } from './setup.mjs'

const source = process.env.BEAMTIME_CONSOLE_FONT ?? '/usr/share/consolefonts/Uni2-Fixed16.psf.gz'
const target = join(root, 'packages/live-data/src/picture/letters.generated.ts')
const check = process.argv.includes('--check')
const height = 16
const wanted = [
  ...Array.from({ length: 95 }, (_, k) => String.fromCharCode(32 + k)),
  ...Array.from('°±²³µ·×ÄÅÖÜäåöüßéèαβγθλπφΔ–…'),
]

if (!existsSync(source)) {
  process.stdout.write(`${source} is not on this machine: nothing compared\n`)
  process.exit(check ? 0 : 1)
}
const glyphs = lettersOf(gunzipSync(readFileSync(source)))
const found = wanted.filter((letter) => glyphs.has(letter))
const bits = Buffer.concat(found.map((letter) => glyphs.get(letter)))
const literal = found.join('').replaceAll('\\', '\\\\').replaceAll("'", "\\'")
const text = `// Made by tools/generate-bitmap-font.mjs from the console font Fixed 8x16, which is in the public domain.
export const letters =
  '${literal}'
/** 16 bytes a letter, a row each, leftmost pixel in the highest bit; base64. */
export const letterBits =
  '${bits.toString('base64')}'
`
const isSame = existsSync(target) && readFileSync(target, 'utf8') === text
if (!check) writeFileSync(target, text)
process.exitCode = check && !isSame ? 1 : 0

/** PSF version 1 (one row = one byte) with its table of characters. */
function lettersOf(file) {
  if (file[0] !== 0x36 || file[1] !== 0x04) throw new Error('not a PSF 1 font')
  const count = file[2] & 1 ? 512 : 256
  if (file[3] !== height) throw new Error(`height ${file[3]}`)
  const found = new Map()
  let at = 4 + count * height
  for (let glyph = 0; glyph < count; glyph++) {
    const bitmap = file.subarray(4 + glyph * height, 4 + (glyph + 1) * height)
    let isSequence = false
    for (; file.readUInt16LE(at) !== 0xffff; at += 2) {
      const code = file.readUInt16LE(at)
      if (code === 0xfffe) isSequence = true
      else if (!isSequence) found.set(String.fromCharCode(code), bitmap)
    }
    at += 2
  }
  return found
}
