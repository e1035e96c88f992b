import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { storeRoots } from '../../context/places/store-roots.ts'
import { loadSharp } from '../../image/load-sharp.ts'
import { findPython } from '../../server/install/find-python.ts'
import { discomfortHome } from '../../home.ts'
import { managedRelease } from '../../server/install/releases.ts'
import { ok, problem, warning, type Check } from './check.ts'

/** What the machine itself brings: Node, Python, room, shared memory, the image library. */
export async function machineChecks(options: { python?: string | undefined; hasComfyUI: boolean }): Promise<Check[]> {
  const others = await Promise.all([
    python(options.python, options.hasComfyUI),
    freeDisk(options.hasComfyUI),
    store(),
    imageLibrary(),
  ])
  return [nodeVersion(), ...others]
}

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return ok('Node', process.versions.node)
  return problem('Node', `${process.versions.node} is too old`, 'Install Node 20.19 or newer.')
}

/** Python is needed to install a ComfyUI; one that is there brings its own. */
async function python(named: string | undefined, hasComfyUI: boolean): Promise<Check> {
  try {
    const found = await findPython(named, discomfortHome())
    return ok('Python', `${found.version} (${found.file})`)
  } catch (error) {
    const { message } = error as Error
    return hasComfyUI ? warning('Python', message) : problem('Python', message)
  }
}

async function freeDisk(hasComfyUI: boolean): Promise<Check> {
  const home = discomfortHome()
  const needed = hasComfyUI ? 2 : managedRelease.gigabytes
  const free = await freeGigabytes(home)
  const message = `${free.toFixed(1)} GB free for ${home}`
  if (free >= needed) return ok('Disk', message)
  const next = 'Make room, or set DISCOMFORT_HOME to a folder with more.'
  return warning('Disk', `${message}; ${hasComfyUI ? `less than ${needed} GB` : `a ComfyUI takes ${needed} GB`}`, next)
}

/** Values go through memory where there is /dev/shm; containers often have 64 MB of it. */
async function store(): Promise<Check> {
  const { ram, disk } = storeRoots()
  const onDisk = `values lie in ${disk}, ${(await freeGigabytes(disk)).toFixed(1)} GB free`
  if (ram === undefined) return ok('Store', onDisk)
  const free = await freeGigabytes(ram)
  const message = `${onDisk}, and in memory in ${ram}, ${free.toFixed(1)} GB free`
  if (free >= 1) return ok('Store', message)
  return warning('Store', message, 'What finds no room there goes to disk. More is quicker: docker run --shm-size=8g.')
}

async function imageLibrary(): Promise<Check> {
  try {
    const sharp = await loadSharp()
    return ok('sharp', sharp.versions.sharp ?? 'loads')
  } catch (error) {
    return problem(
      'sharp',
      `the image library does not load: ${(error as Error).message.split('\n')[0]}`,
      'Install it for this machine: npm install --include=optional sharp',
    )
  }
}

/** Of the folder, or of the nearest one above it that is there. */
async function freeGigabytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return (bavail * bsize) / 1e9
  } catch (error) {
    if (dirname(folder) === folder) throw error
    return freeGigabytes(dirname(folder))
  }
}
