/**
 * Asks for /health/live every ten milliseconds, from a process of its own, and tells how long each answer took. With it
 * comes how long the server's main thread, and this process, waited for a core meanwhile: that is the machine's doing.
 *
 *   node bench/worst-probe.js <port> <pid>      a line on standard input ends a measurement and begins the next
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const EVERY_MS = 10;
const [port, pid] = process.argv.slice(2).map(Number);
const request = 'GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';

/** Milliseconds that threads have waited for a core, in all. */
function waitedForCore() {
  let waited = 0;
  for (const [process_, thread] of [
    [pid, pid],
    ['self', process.pid],
  ]) {
    try {
      waited += Number(readFileSync(`/proc/${process_}/task/${thread}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
    } catch {}
  }
  return waited;
}

let waits = [];
let longest = { wait: 0, core: 0 };
let timer;
let sentAt;
let coreAt;
let socket;
let answer = '';

function open() {
  socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    answer += text;
    if (!answer.endsWith('}')) return;
    answer = '';
    note();
    timer = setTimeout(send, EVERY_MS);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    setTimeout(open, 100);
  });
  socket.on('connect', send);
}

function send() {
  coreAt = waitedForCore();
  sentAt = performance.now();
  socket.write(request);
}

function note() {
  if (sentAt === undefined) return;
  const wait = performance.now() - sentAt;
  waits.push(wait);
  if (wait > longest.wait) longest = { wait, core: waitedForCore() - coreAt };
  sentAt = undefined;
}

open();
createInterface({ input: process.stdin })
  .on('line', () => {
    // One that has not been answered has waited for as long, at least.
    if (sentAt !== undefined && performance.now() - sentAt > longest.wait) {
      longest = { wait: performance.now() - sentAt, core: waitedForCore() - coreAt };
    }
    waits.sort((a, b) => a - b);
    const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
    process.stdout.write(
      `${JSON.stringify({ asked: waits.length, p50: at(0.5), p99: at(0.99), longest: longest.wait, core: longest.core })}\n`,
    );
    waits = [];
    longest = { wait: 0, core: 0 };
  })
  .on('close', () => process.exit(0));
