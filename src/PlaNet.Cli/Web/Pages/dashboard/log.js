// The last lines of one run's log.

import { h, replace, empty } from './dom.js';
import { ofRun } from './api.js';
import { refresher } from './refresher.js';

export function logView(root, app) {
  const heading = h('h2');
  const pre = h('pre', { class: 'log', tabIndex: 0, 'aria-label': 'Log' });
  const content = h('div');
  root.append(heading, content);
  const work = refresher(async () => {
    const id = app.focus;
    const lines = id ? await ofRun(id, 'log') : null;
    if (work.closed || id !== app.focus) return;
    heading.textContent = id ? `Log of ${app.labelOf(id)}` : 'Log';
    if (!lines || lines.length === 0) {
      replace(content, !id ? empty('No run', 'Choose a run in the list on the left.')
        : lines ? empty('The log is empty', 'Nothing of the chosen level has happened yet.')
        : empty('No log', 'The run has no run.log. planet train --log info writes one.'));
      return;
    }
    const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 40;
    replace(pre, lines.map(text => h('span', { class: levelOf(text) }, text + '\n')));
    if (!pre.isConnected) replace(content, h('p', { class: 'note' }, 'The last 64 KiB of run.log; the newest line is the last.'), pre);
    if (atEnd) pre.scrollTop = pre.scrollHeight;
  });
  const levelOf = text => /\berror\b/i.test(text) ? 'error' : /\bwarning\b/i.test(text) ? 'warning' : null;

  // The log may grow while nothing else changes.
  const timer = setInterval(() => work.ask(), 3000);
  return {
    update: (reason, changed) => {
      if (reason !== 'data' || changed.has(app.focus)) work.ask();
    },
    close: () => {
      clearInterval(timer);
      work.close();
    },
  };
}
