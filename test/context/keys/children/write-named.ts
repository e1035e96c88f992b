// Writes into a context with a name, counting on from what it finds there, and tells each number once it is confirmed.
import { contextStore, WorkflowContext } from '../../../../src/context/workflow-context.ts'
import { Tensor } from '../../../../src/values/tensor.ts'

const context = new WorkflowContext({ name: 'work' }, { ram: undefined, disk: process.argv[2] as string })
const store = context[contextStore]
const tensor = (value: number) => Tensor.from(new Float32Array(1000).fill(value))
const known = context.has('a') ? Number(((await ((await context.load('a')) as Tensor).data()) as Float32Array)[0]) : 0
for (let number = known + 1; ; number += 1) {
  store.commit([
    ['a', await store.prepare(tensor(number))],
    ['b', await store.prepare(tensor(number))],
  ])
  await context.save('c', tensor(number))
  process.stdout.write(`${number}\n`)
}
