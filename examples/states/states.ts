import type { Discomfort, Image, WorkflowContext } from 'discomfort'

const file = (path: string) => new URL(`../${path}`, import.meta.url)

/** Where the work on a picture stands. */
export type State = 'sketch' | 'assess' | 'improve' | 'lighten' | 'done'

/** A state does its work and says what comes next. */
type Step = (studio: { discomfort: Discomfort; context: WorkflowContext; rounds: number }) => Promise<State>

const steps: Readonly<Record<Exclude<State, 'done'>, Step>> = {
  async sketch({ discomfort, context }) {
    await discomfort.run(file('refine/make.json'), { context, inputs: { seed: 3 } })
    return 'assess'
  },
  async assess({ discomfort, context, rounds }) {
    const assess = [file('refine/assess.json'), file('choose/brightness.json')]
    const outputs = { quality: 'FLOAT', brightness: 'FLOAT' } as const
    const { quality, brightness } = await discomfort.run(assess, { context, outputs })
    if (rounds > 12) return 'done'
    if (quality < 0.6) return 'improve'
    return brightness < 0.4 ? 'lighten' : 'done'
  },
  async improve({ discomfort, context, rounds }) {
    await discomfort.run(file('refine/improve.json'), { context, inputs: { seed: 100 + rounds } })
    return 'assess'
  },
  async lighten({ discomfort, context }) {
    await discomfort.run(file('choose/lighten.json'), { context })
    return 'assess'
  },
}

/** Goes from state to state until the picture is done; the context is the memory of all of them. */
export async function work(discomfort: Discomfort): Promise<{ history: readonly State[]; image: Image }> {
  const context = discomfort.context()
  try {
    const history: State[] = []
    for (let state: State = 'sketch'; state !== 'done';) {
      history.push(state)
      state = await steps[state]({ discomfort, context, rounds: history.length })
    }
    const image = await context.load('image', 'IMAGE')
    await image.load()
    return { history: [...history, 'done'], image }
  } finally {
    await context.shutdown()
  }
}
