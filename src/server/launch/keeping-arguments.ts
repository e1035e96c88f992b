import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Installation } from '../install/installation.ts'

/**
 * How a build of ComfyUI without cache providers keeps models between runs: its cache by memory, which keeps all outputs
 * until memory gets scarce. Builds with providers need no argument, the pack does it there. A cache that was chosen in
 * `args` stays.
 */
export function keepingArguments(
  installation: Pick<Installation, 'folder'>,
  { args, keepModels }: { readonly args: readonly string[]; readonly keepModels?: number | undefined },
): string[] {
  const { folder } = installation
  if (keepModels === 0 || args.some((arg) => arg.startsWith('--cache-'))) return []
  if (existsSync(join(folder, 'comfy_execution', 'cache_provider.py'))) return []
  return knowsArgument(folder, '--cache-ram') ? ['--cache-ram'] : []
}

/** Whether this build knows an argument. Its source tells at once; `--help` would load PyTorch first. */
function knowsArgument(folder: string, name: string): boolean {
  try {
    return readFileSync(join(folder, 'comfy', 'cli_args.py'), 'utf8').includes(`"${name}"`)
  } catch {
    return false
  }
}
