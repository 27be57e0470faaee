/** Several processes behind one port: Node runs JavaScript on one core each. */
import cluster, { type Address, type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { exitCodeOf } from './interrupt.ts';

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
 * Returns the port when the first `count` are listening, or undefined when a signal ended them before. SIGTERM and SIGINT
 * are passed on; the process ends when all have. A second signal ends them at once.
 */
export async function runWorkers(count: number, logger: Logger): Promise<number | undefined> {
  let serving = false;
  let closing = false;
  let interrupted: NodeJS.Signals | undefined;
  let failures = 0;

  function start(): Worker {
    const worker = cluster.fork();
    const startedAt = performance.now();
    worker.once('exit', (code, signal) => {
      if (closing) return;
      failures = performance.now() - startedAt < HEALTHY_MS ? failures + 1 : 0;
      logger.error({ pid: worker.process.pid, code, signal }, 'a worker ended');
      if (serving && failures < FAILURES_MAX) start();
      else stop('SIGTERM', 1);
    });
    return worker;
  }

  function stop(signal: NodeJS.Signals, exitCode?: number): void {
    if (exitCode !== undefined) process.exitCode = exitCode;
    if (!closing) logger.info({ signal }, 'closing');
    closing = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      interrupted = signal;
      stop(closing ? 'SIGKILL' : signal);
    });
  }
  answerMetrics();
  try {
    const [address] = await Promise.all(Array.from({ length: count }, () => listening(start())));
    serving = true;
    return address?.port;
  } catch (error) {
    if (interrupted === undefined) throw error;
    process.exitCode = exitCodeOf(interrupted);
    return undefined;
  }
}

/** Answers where the worker listens; rejects when it ends before. */
function listening(worker: Worker): Promise<Address> {
  return new Promise((resolve, reject) => {
    worker.once('listening', resolve);
    worker.once('exit', () => reject(new Error('A worker ended before it listened.')));
  });
}

/** What workers and the process that started them say to each other about metrics. */
interface MetricsMessage {
  clienteleMetrics: number;
  text?: string;
}

function isMetricsMessage(message: unknown): message is MetricsMessage {
  return typeof message === 'object' && message !== null && 'clienteleMetrics' in message;
}

/** Lets workers ask for the numbers of all of them. */
function answerMetrics(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', async (worker, message: unknown) => {
    if (!isMetricsMessage(message)) return;
    const text = await all.clusterMetrics().catch(() => undefined);
    if (worker.isConnected()) worker.send({ ...message, text });
  });
}

/** Takes part in the metrics of all workers with this process's, and answers how to read them. */
export function shareMetrics(own: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([own]);
  // Made for its side effect: it answers the process that started the workers.
  new AggregatorRegistry();
  const asked = new Map<number, (text: string | undefined) => void>();
  let last = 0;
  process.on('message', (message) => {
    if (!isMetricsMessage(message)) return;
    asked.get(message.clienteleMetrics)?.(message.text);
    asked.delete(message.clienteleMetrics);
  });
  return async () => {
    const id = ++last;
    const text = await new Promise<string | undefined>((resolve) => {
      asked.set(id, resolve);
      process.send?.({ clienteleMetrics: id } satisfies MetricsMessage);
    });
    if (text === undefined) throw new Error('A worker did not tell its metrics.');
    return text;
  };
}
