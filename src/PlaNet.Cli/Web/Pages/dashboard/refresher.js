// Calls an asynchronous function again after each request for it, but never twice at a time and not more often than once an interval.

export function refresher(work, interval = 1000) {
  let [wanted, busy, closed] = [false, false, false];
  async function run() {
    if (busy || closed) return;
    busy = true;
    while (wanted && !closed) {
      wanted = false;
      await work();
      await new Promise(resume => setTimeout(resume, interval));
    }
    busy = false;
  }
  return { ask() { wanted = true; run(); }, close() { closed = true; }, get closed() { return closed; } };
}
