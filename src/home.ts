import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder of everything that Discomfort keeps between runs: the managed ComfyUI, logs, state. `DISCOMFORT_HOME`, else `~/.discomfort`. */
export function discomfortHome(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['DISCOMFORT_HOME']
  return named ? resolve(named) : join(homedir(), '.discomfort')
}
