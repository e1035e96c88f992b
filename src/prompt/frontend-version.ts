/** The frontend that is followed where nothing is said: the one that ComfyUI 0.30 brings. */
const usual = '1.47.12'

/** Whether a version of ComfyUI's frontend is `major.minor` or newer. */
export function frontendSince(version: string | undefined, major: number, minor: number): boolean {
  const [first = 0, second = 0] = (version ?? usual).split('.').map(Number)
  return first > major || (first === major && second >= minor)
}
