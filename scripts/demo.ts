/** `npm run demo`: makes the managed ComfyUI if there is none, then plays the refinement loop of examples/refine. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Discomfort } from 'discomfort'
import { refine } from '../examples/refine/refine.ts'
import { describeInstall, installComfyUI, managedInstallation } from '../src/server/install/install.ts'
import { progressPrinter } from '../src/server/install/provide-comfyui.ts'
import { tinyModels } from './tiny-models.ts'

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } })
const target = fileURLToPath(new URL('../demo-output/refined.png', import.meta.url))

let installation = await managedInstallation()
if (!installation) {
  console.log('There is no managed ComfyUI yet. It is installed now:')
  for (const line of describeInstall()) console.log(`  ${line}`)
  installation = await installComfyUI({ onProgress: progressPrinter(console.log) })
}
const args = await tinyModels(installation.python)

console.log('Starting ComfyUI …')
const discomfort = await Discomfort.create({
  comfyui: installation.folder,
  python: installation.python,
  args: ['--base-directory', installation.base ?? installation.folder, ...args],
  customNodes: 'none',
  env: { OMP_NUM_THREADS: '1' },
})
try {
  console.log(`ComfyUI ${discomfort.connector.handshake?.comfyui} answers at ${discomfort.connector.serverAddress}`)
  const image = await refine(discomfort, {
    seed: Number(values.seed),
    goodEnough: 0.75,
    async onStep({ step, quality, image: picture }) {
      console.log(`step ${String(step).padStart(2)}: quality ${quality.toFixed(3)}`)
      if (step === 1) await picture.toFile(fileURLToPath(new URL('../demo-output/first.png', import.meta.url)))
    },
  })
  await image.toFile(target)
  console.log(`The refined picture: ${target}`)
} finally {
  await discomfort.close()
}
