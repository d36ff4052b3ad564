import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { linger } from '../../api/http/connections.ts';
import type { Reply } from '../../api/http/message.ts';
import { safeHeaders } from '../../api/http/outgoing.ts';
import { toProblem } from '../../api/http/problem.ts';
import type { InstanceState } from '../../core/apps/instance-rows.ts';

/** Where problem types are documented, and the request that failed. */
interface AnswerContext {
  readonly requestId: string;
  readonly base: string;
}

/** Seconds after which a browser asks again for an instance that starts. */
const refreshAfter = 2;

/** What a request is answered with that goes to no program: a problem (RFC 9457), or a page for a person. */
export function problemReply(error: unknown, context: AnswerContext, wantsPage: boolean): Reply {
  const problem = toProblem(error, context);
  if (!wantsPage) return problem;
  const { title, detail, requestId } = problem.body as { title: string; detail: string; requestId: string };
  return page(problem.status, { title, text: `${detail}`, note: `Request ${requestId}` }, problem.headers);
}

/** Why a person has to wait, by the state of the application. */
const waits: Partial<Readonly<Record<InstanceState, string>>> = {
  INSTALLING: 'The application is being installed, and starts for the first time.',
  IDLE_STOPPED: 'The application was stopped because it was not used, and starts now.',
  RESTARTING: 'The application is being started again.',
  FAILED: 'The application has failed, and is being started again.',
  RUNNING: 'The application takes no requests at the moment.',
};

/** The page that waits with a person: the browser asks again by itself. */
export function startingReply(state: InstanceState): Reply {
  const text = `${waits[state] ?? 'The application is starting.'} This page opens it as soon as it is ready.`;
  const headers = { 'Retry-After': String(refreshAfter), Refresh: String(refreshAfter) };
  return page(503, { title: 'The application starts', text }, headers);
}

/** The page for a person who is not signed in to an application, or not any more. */
export function notSignedInReply(): Reply {
  const text = 'You are not signed in to this application. Open it from Tenet: the link that you get there works once, for a minute.';
  return page(401, { title: 'Open this application from Tenet', text }, { 'WWW-Authenticate': 'Bearer' });
}

/** The page for a person who has signed out of an application. */
export function signedOutReply(headers: Reply['headers']): Reply {
  const text = 'This browser is not signed in to this application any more. Open it again from Tenet.';
  return page(200, { title: 'You are signed out', text }, headers);
}

/** Whether a person looks at the answer. */
export function wantsPage({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (method === 'GET' || method === 'HEAD') && /(^|,)\s*text\/html\s*(;|,|$)/i.test(headers.accept ?? '');
}

function page(
  status: number,
  { title, text, note }: { title: string; text: string; note?: string },
  headers: Reply['headers'] = {},
): Reply {
  const lines = [`<h1>${escaped(title)}</h1>`, `<p>${escaped(text)}</p>`, ...(note ? [`<p><small>${escaped(note)}</small></p>`] : [])];
  const body = `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>\n${lines.join('\n')}\n</html>\n`;
  return { status, body, contentType: 'text/html; charset=utf-8', headers };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Sends it, where nothing was sent yet. The connection ends behind it when the body of the request was not read. */
export function send(message: IncomingMessage, response: ServerResponse, reply: Reply, requestId: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = textOf(reply);
  for (const [name, value] of headersOf(reply, requestId)) response.setHeader(name, value);
  if (!message.complete) response.setHeader('connection', 'close');
  response.statusCode = reply.status;
  response.setHeader('content-length', Buffer.byteLength(text)).end(text);
}

/** Writes it to the socket of an upgrade, and ends that. */
export function sendToSocket(socket: Socket, reply: Reply, requestId: string): void {
  const text = textOf(reply);
  const headers = [...headersOf(reply, requestId), ['content-length', Buffer.byteLength(text)], ['connection', 'close']];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}\r\n${lines.join('')}\r\n${text}`);
  // A client that keeps its side open holds nothing of ours.
  linger(socket);
}

function headersOf({ headers = {}, contentType }: Reply, requestId: string): (readonly [string, string])[] {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const names = new Set(own.map(([name]) => name));
  return [
    ...safeHeaders.filter(([name]) => !names.has(name)),
    ...own,
    ['content-type', contentType ?? 'application/json'],
    ['x-request-id', requestId],
  ];
}

function textOf({ body }: Reply): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
