// Reads the rank table and fails on an import that points sideways or up, and on a node: import inside a core.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const ranks = JSON.parse(readFileSync(join(root, 'tools', 'ranks.json'), 'utf8'))
const problems = []

function files(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/node_modules/') && !file.includes('/dist/'))
}

function imports(text) {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1])
}

for (const group of ['packages', 'apps']) {
  for (const name of readdirSync(join(root, group))) {
    const folder = join(root, group, name)
    if (!existsSync(join(folder, 'package.json'))) continue
    const rank = ranks[name]
    if (rank === undefined) {
      problems.push(
        `${group}/${name}: not in tools/ranks.json; give it a rank and a sentence in the package map`,
      )
      continue
    }
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const declared = { ...manifest.dependencies, ...manifest.devDependencies }
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const other = dependency.startsWith('@beamtime/') ? dependency.slice('@beamtime/'.length) : undefined
      if (other !== undefined && !(ranks[other] < rank)) {
        problems.push(
          `${group}/${name}/package.json: ${dependency} has rank ${ranks[other]}, not below ${rank}`,
        )
      }
    }
    for (const file of files(join(folder, 'src'))) {
      const here = file.slice(root.length + 1)
      const text = readFileSync(file, 'utf8')
      for (const specifier of imports(text)) {
        if (specifier.startsWith('@beamtime/')) {
          const other = specifier.split('/')[1]
          if (other === name) continue
          const typesOnly = group === 'apps'
          if (!(ranks[other] < rank))
            problems.push(`${here}: imports ${specifier} (rank ${ranks[other]}, not below ${rank})`)
          if (declared[`@beamtime/${other}`] === undefined)
            problems.push(`${here}: ${specifier} is not in package.json`)
          if (typesOnly && !/import type/.test(text))
            problems.push(`${here}: a web page may import types only from ${specifier}`)
        }
        if (specifier.startsWith('node:') && /\/src\/(core|messages)\//.test(file)) {
          problems.push(`${here}: a core imports ${specifier}`)
        }
      }
    }
  }
}
for (const problem of problems) process.stdout.write(`${problem}\n`)
process.stdout.write(
  problems.length === 0 ? 'Every import points down.\n' : `${problems.length} arrows point the wrong way.\n`,
)
process.exitCode = problems.length === 0 ? 0 : 1
