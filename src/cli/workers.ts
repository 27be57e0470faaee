/** Several processes behind one port: Node runs JavaScript on one core each. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';

/** A worker that ends sooner than this after its start, in milliseconds, was not fit to serve. */
const HEALTHY_MS = 2_000;
/** How many such ends in a row mean that no worker will do better. */
const FAILURES_MAX = 5;

/** Whether this process is one of several that `runWorkers` started. */
export const isWorker = cluster.isWorker;

/** What a worker holds on to: without it the process would not end when all else is closed. */
export const workerChannel = {
  async close(): Promise<void> {
    if (cluster.worker?.isConnected()) cluster.worker.disconnect();
  },
};

/**
 * Starts `count` processes of this same command, which share the port that they listen on, and replaces one that dies.
 * Resolves when the first `count` are listening. SIGTERM and SIGINT are passed on; the process ends when all have.
 */
export async function runWorkers(count: number, logger: Logger): Promise<void> {
  let closing = false;
  let failures = 0;

  function start(): Worker {
    const worker = cluster.fork();
    const startedAt = performance.now();
    worker.once('exit', (code, signal) => {
      if (closing) return;
      failures = performance.now() - startedAt < HEALTHY_MS ? failures + 1 : 0;
      logger.error({ pid: worker.process.pid, code, signal }, 'a worker ended');
      if (failures < FAILURES_MAX) start();
      else stop('SIGTERM', 1);
    });
    return worker;
  }

  function stop(signal: NodeJS.Signals, exitCode?: number): void {
    if (exitCode !== undefined) process.exitCode = exitCode;
    if (closing) return;
    closing = true;
    logger.info({ signal }, 'closing');
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  await Promise.all(Array.from({ length: count }, () => listening(start())));
}

/** Resolves when the worker listens; rejects when it ends before. */
function listening(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('listening', () => resolve());
    worker.once('exit', () => reject(new Error('A worker ended before it listened.')));
  });
}
