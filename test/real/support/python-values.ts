import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A Python process with the pack's own transport, which reads value files and writes them anew. */
export interface PythonValues extends AsyncDisposable {
  /** `rewrite` writes what it read, `widen` the one tensor of it in single precision. */
  run(task: 'rewrite' | 'widen', source: string, target: string): Promise<void>
}

/** Starts the process. */
export function startPythonValues(python: string): PythonValues {
  const script = fileURLToPath(new URL('../../pack/rewrite_values.py', import.meta.url))
  const child = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async run(task, source, target) {
      child.stdin.write(`${task}\t${source}\t${target}\n`)
      const { value: answer = 'the process ended' } = await answers.next()
      if (answer !== 'done') throw new Error(`Python says of ${source}: ${answer}`)
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await closed
    },
  }
}
