import { existsSync, readFileSync } from 'node:fs'

/**
 * Whether a script may install large things and system packages by itself: with `CI` set, or as root in a container.
 * On somebody's own machine it prints what to type instead.
 */
export function mayInstall(): boolean {
  return Boolean(process.env['CI']) || (process.getuid?.() === 0 && isContainer())
}

/** Containers leave a mark, or have something else than an init system as their first process. */
function isContainer(): boolean {
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv') || process.env['container'] !== undefined)
    return true
  try {
    return !/^(systemd|init|launchd|runit|openrc-init)$/.test(readFileSync('/proc/1/comm', 'utf8').trim())
  } catch {
    return false
  }
}
