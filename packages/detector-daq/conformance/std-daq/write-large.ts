// write-large PATH LAYOUT COMPRESSION GB: a run's file as the writer makes it. Image i holds noise of which the first pixel is i.
import { createRunFile, type FileLayout } from '../../src/writer/run-file.ts'

const [path = '', layout = 'f1', compression = 'none', gb = '9'] = process.argv.slice(2)
const width = 1024
const height = 512
const images = Math.ceil((Number(gb) * 1e9) / (width * height * 2))
const file = createRunFile({
  path,
  layout: layout as FileLayout,
  detector: 'det',
  width,
  height,
  pixelType: 'u16',
  images,
  compression: compression as 'none' | 'bslz4',
  blockBytes: 16_777_216,
})
const noise = new Uint16Array(width * height)
let state = 1
for (let at = 0; at < noise.length; at += 1) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  noise[at] = state >>> 16
}
for (let image = 0; image < images; image += 1) {
  noise[0] = image & 0xffff
  file.write({ pixels: new Uint8Array(noise.buffer), ids: [image], statuses: [1] })
}
file.finish()
console.log(images)
