import { DiscomfortError } from '../../errors.ts'
import { runCommand } from '../command.ts'

/** A Python that can make virtual environments. */
export interface Python {
  readonly file: string
  readonly version: string
}

const oldest = [3, 10] as const

/**
 * The first usable Python among the one named, `DISCOMFORT_PYTHON`, `python3` and `python`.
 * @throws {@link DiscomfortError} `INSTALL_FAILED` that lists what was tried and why each did not do.
 */
export async function findPython(named: string | undefined, folder: string, env = process.env): Promise<Python> {
  const given = named ?? env['DISCOMFORT_PYTHON']
  const candidates = given ? [given] : ['python3', 'python']
  const tried: string[] = []
  for (const file of candidates) {
    const answer = await askVersion(file)
    if (typeof answer === 'string') tried.push(`${file}: ${answer}`)
    else if (!isRecent(answer.version))
      tried.push(`${file}: version ${answer.version} is older than ${oldest.join('.')}`)
    else return answer
  }
  const reason = `no usable Python (${tried.join('; ')})`
  throw new DiscomfortError(
    'INSTALL_FAILED',
    `ComfyUI needs Python ${oldest.join('.')} or newer with the venv module: ${reason}. Install it (Debian: apt-get install python3 python3-venv) or name one with DISCOMFORT_PYTHON.`,
    { details: { step: 'python', reason, folder, logTail: tried } },
  )
}

async function askVersion(file: string): Promise<Python | string> {
  try {
    const { code, lines } = await runCommand(file, [
      '-c',
      'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])',
    ])
    return code === 0 ? { file, version: lines.at(-1) ?? '' } : (lines.at(-1) ?? `exit code ${code}`)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not found' : String(error)
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}
