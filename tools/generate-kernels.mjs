// Compiles packages/*/assembly/NAME.ts (AssemblyScript, SIMD) into src/NAME/kernel.generated.ts beside it.
// With --check only compares.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import asc from 'assemblyscript/asc'
import { root } from './setup.mjs'

const check = process.argv.includes('--check')
let differs = 0

/** Sources that begin so are used by one thread: their memory is not shared, which is copied into and out of faster. */
const ownMemory = '// One thread.'

async function compileText(file) {
  const isShared = !readFileSync(file, 'utf8').startsWith(ownMemory)
  const outputs = {}
  const stdout = asc.createMemoryStream()
  const stderr = asc.createMemoryStream()
  const { error } = await asc.main(
    [
      basename(file),
      '--outFile',
      'out.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      ...(isShared ? ['--enable', 'threads'] : []),
      '--enable',
      'relaxed-simd',
      '--importMemory',
      ...(isShared ? ['--sharedMemory'] : []),
      '--initialMemory',
      '1',
      '--maximumMemory',
      '65536',
    ],
    {
      stdout,
      stderr,
      readFile: (name) => (name === basename(file) ? readFileSync(file, 'utf8') : null),
      writeFile: (name, contents) => {
        outputs[name] = contents
      },
      listFiles: () => [],
    },
  )
  return { error, stderr, binary: outputs['out.wasm'] }
}

for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name, 'assembly')
  if (!existsSync(folder)) continue
  for (const source of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
    const { error, stderr, binary } = await compileText(join(folder, source))
    if (error) {
      process.stderr.write(`${name}/assembly/${source}: ${error.message}\n${stderr.toString()}`)
      process.exit(1)
    }
    const target = join(root, 'packages', name, 'src', source.slice(0, -3), 'kernel.generated.ts')
    const text = `// Made by tools/generate-kernels.mjs from assembly/${source}; ${binary.length} bytes of WebAssembly.\nexport const kernelBase64 =\n  '${Buffer.from(binary).toString('base64')}'\n`
    const same = existsSync(target) && readFileSync(target, 'utf8') === text
    if (same) continue
    differs += 1
    if (!check) writeFileSync(target, text)
    process.stdout.write(`${check ? 'differs' : 'wrote'}: ${target.slice(root.length + 1)}\n`)
  }
}
process.exitCode = check && differs > 0 ? 1 : 0
