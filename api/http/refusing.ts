import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '../../core/base/ids.ts';
import { linger } from './connections.ts';
import { safeHeaders } from './outgoing.ts';
import { type ProblemSlug, problems } from './problem.ts';

/** Bytes that are not HTTP never reach the application; their sender still gets a problem (RFC 9457) instead of an empty answer. */
export function refuse(error: NodeJS.ErrnoException, socket: Socket, base: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const slug: ProblemSlug =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'header-fields-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-timeout'
        : 'bad-request';
  sendProblem(socket, slug, base);
}

/** Writes a problem to a socket that no exchange holds, and closes it. */
export function sendProblem(socket: Socket, slug: ProblemSlug, base: string): void {
  const { status, title, description } = problems[slug];
  const requestId = newId('request');
  const body = JSON.stringify({
    type: `${base}${slug}`,
    title,
    status,
    detail: description,
    instance: `urn:tenet:request:${requestId}`,
    code: slug,
    requestId,
  });
  const headers = [
    ...safeHeaders,
    ['content-type', 'application/problem+json'],
    ['content-length', Buffer.byteLength(body)],
    ['x-request-id', requestId],
    ['connection', 'close'],
    // Which path it would be about is unknown here (RFC 9110 section 15.5.6).
    ...(status === 405 ? [['allow', 'DELETE, GET, HEAD, PATCH, POST, PUT']] : []),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  // A client that keeps its side open holds nothing of ours.
  linger(socket);
}
