/** How the fast path writes responses. */
import type { ServerResponse } from 'node:http';
import { readable } from '../cors.ts';
import type { Exchange } from '../exchange.ts';

/** An answer that is ready to be sent. */
interface Answer extends Head {
  body: string;
}

interface Head {
  response: ServerResponse;
  media: string;
  exchange: Exchange;
}

/** How long an answer may wait for others, in milliseconds. */
const WAIT_MAX = 2;

/**
 * Sends the answers of one turn of the event loop together. Each write may wake who waits at its other end, and when
 * answers and new requests take turns, that costs as much as a quarter of a get by key.
 */
export function createOutbox(onAnswer: (exchange: Exchange) => void): (answer: Answer) => void {
  let waiting: Answer[] = [];
  let waitingSince = 0;
  function flush(): void {
    const answers = waiting;
    waiting = [];
    for (const answer of answers) {
      send(answer);
      onAnswer(answer.exchange);
    }
  }
  return (answer) => {
    if (waiting.push(answer) === 1) {
      waitingSince = performance.now();
      setImmediate(flush);
    } else if (performance.now() - waitingSince > WAIT_MAX) {
      flush();
    }
  };
}

function send({ body, ...answer }: Answer): void {
  const length = Buffer.byteLength(body);
  const { response } = answer;
  begin(length, answer);
  // Text that is nothing but ASCII, as most is, reads the same and is copied faster.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
}

export function sendLarge(pieces: readonly Buffer[], head: Head, onAnswer: (exchange: Exchange) => void): void {
  const { response, exchange } = head;
  begin(
    pieces.reduce((length, piece) => length + piece.length, 0),
    head,
  );
  for (const piece of pieces) response.write(piece);
  response.end();
  onAnswer(exchange);
}

function begin(length: number, { response, media, exchange }: Head): void {
  exchange.status = 200;
  response.writeHead(200, {
    'content-type': `${media}; charset=utf-8`,
    'content-length': length,
    'x-request-id': exchange.requestId,
    ...readable,
  });
}
