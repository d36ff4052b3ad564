/** A stop that was asked for twice within this time was asked for once: Ctrl-C reaches a program below npm from the terminal and from npm. */
const sameWish = 1_000;

/**
 * Stops at the first SIGINT or SIGTERM, also at one that comes while the start is under way, and exits with code 0; a later signal ends
 * the process at once. Below npm the end of npm, or of the shell that it started, counts as a signal.
 */
export function stopOnSignal(running: Promise<() => Promise<void>>, say: (line: string) => void): void {
  let askedAt: number | undefined;
  const onWish = (wish: string): void => {
    const now = performance.now();
    if (askedAt !== undefined && now - askedAt < sameWish) return;
    if (askedAt !== undefined) process.exit(130);
    askedAt = now;
    say(`${wish}: finishing what is running; a second signal ends it at once`);
    running.then(
      (stop) => stop().then(() => process.exit(0), failed),
      () => undefined, // It did not start, which serve() reports.
    );
  };
  process.on('SIGINT', onWish);
  process.on('SIGTERM', onWish);
  if (process.env['npm_lifecycle_script']?.includes('tenet')) whenParentEnds(() => onWish('npm has ended'));
}

function failed(error: unknown): void {
  console.error('tenet: stopping failed', error);
  process.exit(1);
}

/** The shell between npm and this process keeps a signal to itself, and kill -9 of npm reaches neither: what remains is that the parent is gone. */
function whenParentEnds(then: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    then();
  }, 250).unref();
}
