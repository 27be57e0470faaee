/**
 * Preloaded into the server that worst.js measures: how long its longest turn of the event loop was, in processor time of its
 * main thread, which does not depend on what else the machine does. SIGUSR2 has it told and counted anew.
 */
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const FILE = `/proc/self/task/${process.pid}/schedstat`;
const taken = () => Number(readFileSync(FILE, 'latin1').split(' ')[0]) / 1e6;

if (isMainThread) {
  let longest = 0;
  let before = taken();
  setInterval(() => {
    const now = taken();
    longest = Math.max(longest, now - before);
    before = now;
  }, 1).unref();
  process.on('SIGUSR2', () => {
    writeSync(2, `{"longestTurn":${longest.toFixed(1)}}\n`);
    longest = 0;
  });
}
