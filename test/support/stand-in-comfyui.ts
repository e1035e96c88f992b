import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Installation } from '../../src/server/install/installation.ts'
import { runCommand } from '../../src/server/command.ts'

/** What a stand-in does on each of its launches; the last one repeats. */
export type StandInLaunch =
  /** Answers the handshake. */
  | 'ready'
  /** Answers as another server of ours would. */
  | 'other nonce'
  /** Has no pack. */
  | 'no pack'
  /** Takes connections and never answers. */
  | 'mute'
  /** Never listens. */
  | 'slow'
  /** Says that its port is taken, and ends. */
  | 'port taken'
  /** Ends with code 3. */
  | 'crash'
  /** Answers, but does not stop when it is asked to. */
  | 'stubborn'

let python: Promise<string> | undefined

/** The Python of this machine itself, not a shim before it. */
function realPython(): Promise<string> {
  python ??= runCommand('python3', ['-c', 'import sys; print(sys.executable)']).then(({ lines }) => lines[0] as string)
  return python
}

/** Makes a folder that looks like a ComfyUI: its main.py is a small HTTP server that writes `launch-N.json` beside it. */
export async function standInComfyUI(folder: string, launches: readonly StandInLaunch[]): Promise<Installation> {
  await mkdir(join(folder, 'comfy'), { recursive: true })
  await writeFile(join(folder, 'main.py'), mainScript(launches))
  return { kind: 'user', folder, python: await realPython() }
}

const mainScript = (launches: readonly StandInLaunch[]): string => `
import glob, http.server, json, os, signal, socket, sys, time

here = os.path.dirname(os.path.abspath(__file__))
number = len(glob.glob(os.path.join(here, "launch-*.json"))) + 1
port = int(sys.argv[sys.argv.index("--port") + 1])
with open(os.path.join(here, f"launch-{number}.json"), "w") as file:
    json.dump({"pid": os.getpid(), "port": port, "args": sys.argv[1:], "given": os.environ.get("GIVEN")}, file)
launches = ${JSON.stringify(launches)}
kind = launches[min(number, len(launches)) - 1]
print(f"Starting, {kind}", flush=True)
if kind == "crash":
    print("\\x1b[31mNo module named 'torchsde'\\x1b[0m", flush=True)
    sys.exit(3)
if kind == "port taken":
    print(f"OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', {port})", flush=True)
    sys.exit(1)
if kind == "slow":
    time.sleep(60)
if kind == "mute":
    with socket.create_server(("127.0.0.1", port)) as server:
        time.sleep(60)
if kind == "stubborn":
    signal.signal(signal.SIGINT, signal.SIG_IGN)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/queue":
            # How many jobs wait is what the file beside it says.
            try:
                with open(os.path.join(here, "jobs")) as file:
                    jobs = int(file.read())
            except FileNotFoundError:
                jobs = 0
            return self.answer(200, {"queue_running": [], "queue_pending": [[]] * jobs})
        found = self.path == "/discomfort/handshake" and kind != "no pack"
        nonce = "another" if kind == "other nonce" else os.environ["DISCOMFORT_NONCE"]
        self.answer(200 if found else 404, {"v": 1, "protocol": 1, "protocolMin": 1, "pack": "0.1.0", "nonce": nonce,
            "comfyui": "0.30.0", "python": "3", "pid": os.getpid(),
            "roots": {"ram": None, "disk": "/no/store/here"}})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
`
