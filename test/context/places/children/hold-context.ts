// A process with one context that holds one file; it says so and then waits to be killed.
import { contextStore, WorkflowContext } from '../../../../src/context/workflow-context.ts'
import { Tensor } from '../../../../src/values/tensor.ts'

const context = new WorkflowContext({}, { ram: undefined, disk: process.argv[2] as string })
await context.save('tensor', Tensor.from(new Float32Array(16)))
process.stdout.write(`${context[contextStore].contextId}\n`)
setInterval(() => {}, 1000)
