import { execFileSync } from 'node:child_process'

/** Runs a program in a namespace of its own. */
export const unshare = '/usr/bin/unshare'

/** Arguments of it for a shell script that may mount, and whose mounts are gone with it. */
export const mounting = ['--user', '--map-root-user', '--mount', 'sh', '-c'] as const

/** Whether a small file system can be made here. */
export const canMount = process.platform === 'linux' && succeeds(['mount -t tmpfs -o size=1m tmpfs /mnt'])

function succeeds(script: readonly string[]): boolean {
  try {
    execFileSync(unshare, [...mounting, ...script], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
