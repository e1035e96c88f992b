// A script with one handle: it says what it does, and waits in a run for ever. Arguments: options, what it listens for.
const { Discomfort } = await import(process.argv[2])
const [options, listensFor] = process.argv.slice(3).map((text) => JSON.parse(text))
const say = (word) => process.stdout.write(`${word}\n`)
const count = () => process.listenerCount('SIGINT')
say(`before ${count()}`)
const discomfort = await Discomfort.create(options)
say(`open ${count()}`)
if (listensFor === 'close') {
  await discomfort.close()
  say(`closed ${count()}`)
  process.exit()
}
if (listensFor)
  process.once(listensFor, () => {
    say('heard')
    process.exitCode = 7
    void discomfort.close()
  })
if (discomfort.connector.isManaged) {
  say('running')
  setInterval(() => undefined, 1000)
} else {
  const context = discomfort.context()
  await context.save('kept', 1)
  const run = discomfort.run({ 1: { class_type: 'Any', inputs: { anything: 1 } } }, { context })
  run.then(undefined, () => undefined)
  for await (const event of run) if (event.type === 'started') break
  say('running')
  if (listensFor) await run.catch(() => undefined)
  else await run
  say('done')
}
