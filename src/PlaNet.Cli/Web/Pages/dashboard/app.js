// The page: the list of runs, which server-sent events keep current, and one view at a time.

import { h, replace, bar, percent, logged, duration, ago } from './dom.js';
import { get } from './api.js';
import { color, PALETTE } from './chart.js';
import { curvesView } from './curves.js';
import { metricsView } from './metrics.js';
import { agentView } from './agent.js';
import { systemView } from './system.js';
import { recordView } from './record.js';
import { logView } from './log.js';
import { clusterView } from './cluster.js';

const VIEWS = {
  curves: ['Curves', curvesView],
  metrics: ['Losses', metricsView],
  agent: ['Agent', agentView],
  system: ['Actors', systemView],
  record: ['Experiment', recordView],
  log: ['Log', logView],
};

// Runs that are selected when the page opens; more lines in a chart cannot be told apart.
const FIRST_SELECTED = PALETTE;

const $ = id => document.getElementById(id);

export const app = {
  runs: new Map(),
  order: [],
  selected: new Set(),
  focus: null,
  get focused() { return this.runs.get(this.focus) ?? null; },
  get chosen() { return this.order.filter(id => this.selected.has(id)); },
  colorOf(id) { return Math.max(0, this.order.indexOf(id)) % PALETTE; },
  // Whether another experiment, with other options, has the same name.
  isShared(run) { return this.hashes.get(run.experiment)?.size > 1; },
  hashes: new Map(),
  labelOf(id) {
    const run = this.runs.get(id);
    return run ? `${run.experiment}${this.isShared(run) ? ' ' + run.hash.slice(0, 6) : ''} seed ${run.seed}` : id;
  },
};

const items = new Map();
let view = null;
let viewName = null;
let started = false;

function itemOf(run) {
  const known = items.get(run.id);
  if (known) return known;
  const item = {
    box: h('input', { type: 'checkbox', checked: app.selected.has(run.id), onchange: event => select(run.id, event.target.checked) }),
    swatch: h('i', { class: 'swatch' }),
    title: h('span', { class: 'title' }),
    state: h('span', { class: 'state' }),
    seed: h('span', { class: 'seed' }),
    line: h('span', { class: 'line' }),
    score: h('span', { class: 'score' }),
    progress: h('span', { class: 'progress' }),
  };
  item.button = h('button', { type: 'button', class: 'run', onclick: () => focusOn(run.id) },
    h('span', { class: 'top' }, item.swatch, item.title, item.seed), item.progress,
    h('span', { class: 'bottom' }, item.state, item.line, item.score));
  item.element = h('li', { data: { run: run.id } }, item.box, item.button);
  items.set(run.id, item);
  return item;
}

function showRun(run) {
  const item = itemOf(run);
  item.title.textContent = run.experiment;
  item.seed.textContent = `${app.isShared(run) ? run.hash.slice(0, 6) + ' ' : ''}seed ${run.seed}`;
  item.button.title = run.reason ? `${run.name}\n${run.reason}` : run.name;
  item.box.setAttribute('aria-label', `Show ${run.name} in charts`);
  item.state.textContent = run.status;
  item.state.dataset.status = run.status;
  item.swatch.style.background = color(app.colorOf(run.id));
  replace(item.progress, run.fraction === null ? null : bar(run.fraction, `${percent(run.fraction)} done`));
  item.line.textContent = run.status === 'running' && run.seconds_left !== null ? `${duration(run.seconds_left)} left`
    : run.status === 'stopped' ? `written ${ago(run.changed)}` : `${run.episodes}/${run.episodes_planned} episodes`;
  replace(item.score, run.score !== null ? logged(run.score, run.id, 'trainer/test/score', run.score_step)
    : run.return !== null ? logged(run.return, run.id, 'collection/return', run.return_step) : null);
  item.button.toggleAttribute('aria-current', false);
  if (run.id === app.focus) item.button.setAttribute('aria-current', 'true');
}

function showList() {
  const wanted = $('filter').value.trim().toLowerCase();
  const shown = app.order.filter(id => {
    const run = app.runs.get(id);
    return wanted === '' || `${run.name} ${run.experiment} ${run.task} ${run.status}`.toLowerCase().includes(wanted);
  });
  const elements = shown.map(id => itemOf(app.runs.get(id)).element);
  const list = $('runs');
  if (elements.length !== list.children.length || elements.some((element, i) => list.children[i] !== element)) {
    const active = document.activeElement;
    list.replaceChildren(...elements);
    if (active instanceof HTMLElement && list.contains(active)) active.focus();
  }
  if (shown.length === 0) {
    replace(list, h('li', { class: 'hint' }, app.order.length === 0
      ? 'No run yet. A run appears here as soon as planet train has created its directory.' : 'No run matches the filter.'));
  }
  return shown;
}

function select(id, on) {
  if (on) app.selected.add(id);
  else app.selected.delete(id);
  itemOf(app.runs.get(id)).box.checked = on;
  view?.update('selection');
}

function selectAll(on) {
  for (const id of showList()) {
    if (on) app.selected.add(id);
    else app.selected.delete(id);
    itemOf(app.runs.get(id)).box.checked = on;
  }
  view?.update('selection');
}

function focusOn(id) {
  const before = app.focused;
  app.focus = id;
  if (before) showRun(before);
  showRun(app.focused);
  history.replaceState(null, '', `#${viewName}/${id}`);
  showTabs();
  view?.update('focus');
}

function showTabs() {
  replace($('views'), Object.entries(VIEWS).map(([name, [title]], i) => h('a', {
    href: `#${name}${app.focus ? '/' + app.focus : ''}`,
    'aria-current': name === viewName ? 'page' : null,
    title: `${title} (${i + 1})`,
  }, title)));
}

function route() {
  const [name, id] = location.hash.slice(1).split('/');
  if (app.runs.has(id) && id !== app.focus) {
    const before = app.focused;
    app.focus = id;
    if (before) showRun(before);
    showRun(app.focused);
  }
  const next = name in VIEWS ? name : 'curves';
  if (next !== viewName) {
    view?.close();
    viewName = next;
    $('view').dataset.view = next;
    $('view').replaceChildren();
    $('view').scrollTop = 0;
    view = VIEWS[next][1]($('view'), app);
  }
  showTabs();
  document.title = `${VIEWS[next][0]} – PlaNet dashboard`;
  if (started) view.update('route');
}

function receive({ ids, runs, notes, behind }) {
  for (const run of runs) app.runs.set(run.id, run);
  const gone = app.order.filter(id => !ids.includes(id));
  const added = ids.filter(id => !app.order.includes(id));
  app.order = ids;
  for (const id of gone) {
    app.runs.delete(id);
    app.selected.delete(id);
    items.get(id)?.element.remove();
    items.delete(id);
  }
  app.hashes.clear();
  for (const run of app.runs.values()) app.hashes.set(run.experiment, (app.hashes.get(run.experiment) ?? new Set()).add(run.hash));
  if (!started) {
    const running = ids.filter(id => app.runs.get(id).status === 'running');
    [...running, ...ids].slice(0, Math.max(FIRST_SELECTED, running.length)).slice(0, FIRST_SELECTED).forEach(id => app.selected.add(id));
  } else {
    added.slice(0, Math.max(0, FIRST_SELECTED - app.selected.size)).forEach(id => app.selected.add(id));
  }
  if (app.focused === null) {
    const asked = location.hash.split('/')[1];
    app.focus = app.runs.has(asked) ? asked : ids.find(id => app.runs.get(id).status === 'running') ?? ids[0] ?? null;
    showTabs();
  }
  (added.length > 0 || gone.length > 0 ? [...app.runs.values()] : runs).forEach(showRun);
  added.forEach(id => { items.get(id).box.checked = app.selected.has(id); });
  showList();
  $('reading').hidden = behind === 0;
  $('reading').textContent = `reading the metrics of ${behind} of ${ids.length} runs`;
  $('notes').hidden = notes.length === 0;
  $('notes').firstElementChild.textContent = `${notes.length} ${notes.length === 1 ? 'note' : 'notes'}`;
  replace($('notes').lastElementChild, notes.map(note => h('li', {}, note)));
  started = true;
  document.body.dataset.runs = ids.length;
  view?.update('data', new Set([...runs.map(run => run.id), ...gone]));
}

function connect() {
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => status('live'));
  events.addEventListener('error', () => status('lost'));
  events.addEventListener('runs', event => receive(JSON.parse(event.data)));
}

function status(state) {
  const texts = { live: 'live', lost: 'connection lost, trying again' };
  $('connection').dataset.state = state;
  $('connection').textContent = texts[state];
}

function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
  if (event.key === 'Escape' && event.target === $('filter')) {
    $('filter').value = '';
    showList();
    $('view').focus();
  } else if (typing || event.target instanceof HTMLSelectElement) {
    return;
  } else if (event.key === '/') {
    event.preventDefault();
    $('filter').focus();
  } else if (event.key >= '1' && event.key <= String(Object.keys(VIEWS).length)) {
    location.hash = `${Object.keys(VIEWS)[event.key - 1]}${app.focus ? '/' + app.focus : ''}`;
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && $('runs').contains(document.activeElement)) {
    event.preventDefault();
    const row = document.activeElement.closest('li');
    const next = event.key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
    next?.querySelector(document.activeElement.tagName)?.focus();
  }
}

const about = await get('/api/about');
$('root').textContent = about?.root ?? '';
$('root').title = about?.root ?? '';
if (about?.cluster) VIEWS.cluster = ['Cluster', clusterView];
$('filter').addEventListener('input', showList);
$('all').addEventListener('click', () => selectAll(true));
$('none').addEventListener('click', () => selectAll(false));
addEventListener('hashchange', route);
addEventListener('keydown', key);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => app.runs.forEach(showRun));
route();
connect();
