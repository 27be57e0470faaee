/**
 * Load over HTTP/1.1 from a few kept-alive connections, each with one request under way. Written on bare sockets: a
 * client library would take as much of the core that it shares with the database as the server takes of its own.
 */
import { connect } from 'node:net';

/**
 * Sends `request(i)` (bytes) for `seconds`, at most `limit` times, and answers how it went. Throws on an answer that is
 * not 200 or tells of errors.
 */
export async function runLoad({ port, connections, seconds, limit = 2_000_000, request }) {
  const started = performance.now();
  const until = started + seconds * 1000;
  const latencies = [];
  let sent = 0;
  const next = () => (performance.now() < until && sent < limit ? request(sent++) : undefined);
  await Promise.all(
    Array.from({ length: connections }, () =>
      runConnection(port, next, (milliseconds) => latencies.push(milliseconds)),
    ),
  );
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { requests: latencies.length, seconds: elapsed, p50: at(0.5), p99: at(0.99) };
}

function runConnection(port, next, done) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let answer;

    function send() {
      const bytes = next();
      if (bytes === undefined) {
        socket.destroy();
        resolve();
        return;
      }
      sentAt = performance.now();
      answer = undefined;
      socket.write(bytes);
    }

    socket.on('connect', send);
    socket.on('data', (chunk) => {
      try {
        answer = answer ? continued(answer, chunk) : begun(chunk);
        if (!isWhole(answer)) return;
        check(answer);
      } catch (error) {
        socket.destroy();
        reject(error);
        return;
      }
      done(performance.now() - sentAt);
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed the connection')));
  });
}

/** What has come of an answer: its head, once it is whole, and the bytes after it. */
function begun(chunk) {
  const end = chunk.indexOf('\r\n\r\n');
  if (end === -1) return { parts: [chunk], length: chunk.length };
  const head = chunk.latin1Slice(0, end);
  const announced = /\r\ncontent-length: *(\d+)/i.exec(head);
  return {
    status: head.slice(9, 12),
    expected: announced ? Number(announced[1]) : undefined,
    parts: [chunk.subarray(end + 4)],
    length: chunk.length - end - 4,
  };
}

function continued(answer, chunk) {
  if (answer.status === undefined) return begun(Buffer.concat([...answer.parts, chunk]));
  answer.parts.push(chunk);
  answer.length += chunk.length;
  return answer;
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');

function isWhole({ status, expected, parts, length }) {
  if (status === undefined) return false;
  if (expected !== undefined) return length >= expected;
  const last = parts.at(-1);
  return last.length >= 5 && last.subarray(-5).equals(LAST_CHUNK);
}

function check({ status, parts }) {
  if (status === '200' && !parts.some((part) => part.includes('"errors"'))) return;
  throw new Error(`An answer of status ${status}: ${Buffer.concat(parts).toString('utf8').slice(0, 2000)}`);
}

/** A POST of `body` as bytes, ready to be sent. */
export function post(path, headers, body) {
  const bytes = Buffer.from(body);
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    accept: 'application/json',
    ...headers,
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}
