import { runWorkerHost } from '../../src/index.ts'

await runWorkerHost(process.argv.slice(2))
