// Builds elements. Text from runs is only ever text: nothing here takes markup.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== 'list') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
}

// A table whose cells are texts, numbers or elements. Columns whose name ends in '#' hold numbers.
export function table(columns, rows, caption) {
  const isNumber = columns.map(name => name.endsWith('#'));
  return h('div', { class: 'scroll' }, h('table', {},
    caption ? h('caption', {}, caption) : null,
    h('thead', {}, h('tr', {}, columns.map((name, i) =>
      h('th', { scope: 'col', class: isNumber[i] ? 'number' : null }, name.replace(/#$/, ''))))),
    h('tbody', {}, rows.map(row => h('tr', { class: row.class ?? null }, (row.cells ?? row).map((cell, i) =>
      h('td', { class: isNumber[i] ? 'number' : null }, cell === null || cell === undefined ? '–' : cell)))))));
}

export const empty = (title, text) => h('div', { class: 'empty' }, h('h3', {}, title), h('p', {}, text));

// A bar that shows a part from 0 to 1.
export function bar(fraction, label) {
  const part = Math.min(1, Math.max(0, fraction));
  const fill = h('span', { class: 'fill' });
  fill.style.width = `${100 * part}%`;
  return h('span', { class: 'bar', role: 'img', 'aria-label': label ?? percent(part) }, fill);
}

export const percent = fraction => `${Math.floor(100 * fraction)} %`;

// About four digits.
export function number(value) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  return Number.isInteger(value) && size < 1e9 ? String(value)
    : size >= 1e6 || (size < 1e-3 && size > 0) ? value.toExponential(2)
    : size >= 1000 ? value.toFixed(0)
    : size >= 100 ? value.toFixed(1)
    : size >= 10 ? value.toFixed(2)
    : size >= 1 ? value.toFixed(3)
    : value.toFixed(4);
}

export const grouped = count => count === null || count === undefined ? '–' : Math.round(count).toLocaleString('en-US');

// A logged number: the rounded one is shown, the exact one and its place in metrics.jsonl are in the title.
export function logged(value, run, tag, step) {
  if (value === null || value === undefined) return '–';
  return h('data', { value: String(value), title: `${value}\n${tag}, step ${step}`, data: { run, tag, step } }, number(value));
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const s = Math.round(seconds);
  return s < 60 ? `${s} s`
    : s < 3600 ? `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`
    : s < 86400 ? `${Math.floor(s / 3600)} h ${String(Math.floor(s % 3600 / 60)).padStart(2, '0')} min`
    : `${Math.floor(s / 86400)} d ${String(Math.floor(s % 86400 / 3600)).padStart(2, '0')} h`;
}

export const ago = time => {
  if (!time) return 'never';
  const seconds = (Date.now() - Date.parse(time)) / 1000;
  return seconds < 2 ? 'just now' : `${duration(seconds)} ago`;
};

export const bytes = count => count === null || count === undefined ? '–'
  : count >= 2 ** 30 ? `${(count / 2 ** 30).toFixed(2)} GiB` : `${(count / 2 ** 20).toFixed(0)} MiB`;
