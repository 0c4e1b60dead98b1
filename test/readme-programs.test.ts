import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The first TypeScript program of a README: what a newcomer pastes. */
function firstProgram(readme: string): string | undefined {
  return /```ts\n([\s\S]*?)```/.exec(readFileSync(readme, 'utf8'))?.[1]
}

/** Runs the program as a file of the package, as a reader would save it. */
async function runProgram(
  name: string,
  program: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const file = join(root, 'packages', name, `readme-program-${process.pid}.ts`)
  // What a program leaves in the folder for temporary files goes with the test.
  const temporary = mkdtempSync(join(tmpdir(), 'readme-'))
  writeFileSync(file, program)
  try {
    return await new Promise((resolve) => {
      const child = spawn(join(root, 'node_modules', 'node', 'bin', 'node'), [file], {
        cwd: root,
        env: { ...process.env, TMPDIR: temporary },
        timeout: 30_000,
      })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })
  } finally {
    rmSync(file)
    rmSync(temporary, { recursive: true, force: true })
  }
}

const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'README.md')),
)

test.each(packages)(
  'the program in the README of %s runs as pasted',
  async (name) => {
    const program = firstProgram(join(root, 'packages', name, 'README.md'))
    if (program === undefined) {
      expect(readFileSync(join(root, 'packages', name, 'README.md'), 'utf8')).toMatch(/```(sh|console)\n/)
      return
    }
    const result = await runProgram(name, program)
    expect(result, result.stderr).toMatchObject({ code: 0 })
    expect(result.stdout.trim()).not.toBe('')
  },
  60_000,
)
