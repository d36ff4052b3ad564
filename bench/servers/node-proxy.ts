import { Agent, request as send } from 'node:http';
import { serve } from './child.ts';

/** The least that can stand before a program: passes each request on over connections that it keeps, and checks nothing. BENCH_TARGET is the URL of the program. */
const { hostname, port } = new URL(process.env['BENCH_TARGET']!);
const agent = new Agent({ keepAlive: true });

serve((request, response) => {
  const { method, url: path, headers } = request;
  const passed = send({ agent, hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  request.pipe(passed);
});
