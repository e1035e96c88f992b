import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the stand-in does where it matters to an install. */
export interface StandInPython {
  readonly version?: string
  /** Shell lines that run for `python -m pip download … -d FOLDER`; FOLDER is `$folder`. */
  readonly download?: string
  /** Shell lines that run for `python -m pip install …`. */
  readonly install?: string
  /** Shell lines that run for `python -m venv FOLDER`, before the folder is made. */
  readonly venv?: string
  /** Shell lines that run in place of the version question. */
  readonly ask?: string
}

/**
 * A Python for installs that fetches nothing: it answers for its version, makes a virtual environment that holds itself,
 * and does for pip what the test says. It notes each call in the file `calls` beside it.
 */
export async function standInPython(folder: string, does: StandInPython = {}): Promise<string> {
  const file = join(folder, 'stand-in-python')
  await writeFile(
    file,
    `#!/bin/sh
echo "$*" >> ${JSON.stringify(join(folder, 'calls'))}
case "$1 $2" in
  "-c "*)
    ${does.ask ?? `echo ${does.version ?? '3.12.1'}`} ;;
  "-m venv")
    ${does.venv ?? ':'}
    mkdir -p "$3/bin" && cp ${JSON.stringify(file)} "$3/bin/python" ;;
  "-m pip")
    case "$*" in
      *" download "*)
        previous=; for word in "$@"; do [ "$previous" = -d ] && folder="$word"; previous="$word"; done
        ${does.download ?? ':'} ;;
      *)
        ${does.install ?? ':'} ;;
    esac ;;
  "-m tarfile")
    mkdir -p "$5" && tar -xzf "$4" -C "$5" ;;
esac
`,
  )
  await chmod(file, 0o755)
  return file
}
