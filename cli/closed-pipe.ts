/**
 * Lets a command finish when the reader of its output has left, as in `tenet crds | head`: what it still writes goes nowhere, and its exit
 * code says how the work ended.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
