// Line charts by uPlot, with bands, a readout of the values under the pointer, and colours of the scheme in force.

import { h, number } from './dom.js';

const scheme = matchMedia('(prefers-color-scheme: dark)');
const charts = new Set();
scheme.addEventListener('change', () => charts.forEach(chart => chart.rebuild()));

export const PALETTE = 10;
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const color = index => css(`--c${index % PALETTE}`);

// Horizontal axes count episodes, updates or decisions.
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map(one => one * 10 ** power)).flat();

// Ticks such as 12 k: the axis has room for five characters.
const tick = value => value === null ? ''
  : Math.abs(value) >= 1e6 ? `${+(value / 1e6).toFixed(2)} M`
  : Math.abs(value) >= 1e4 ? `${+(value / 1e3).toFixed(2)} k`
  : Math.abs(value) < 1e-3 && value !== 0 ? value.toExponential(0)
  : `${+value.toPrecision(4)}`;

// series: [{ label, color (index), x: [], y: [], low: [], high: [] }], each sorted by x.
export class Chart {
  constructor({ title, tag, xLabel, yLabel, height = 240 }) {
    this.plotArea = h('div', { class: 'plot' });
    this.readout = h('div', { class: 'readout', hidden: true });
    this.legend = h('ul', { class: 'legend' });
    this.blank = h('p', { class: 'blank', hidden: true });
    this.element = h('figure', { data: { tag: tag ?? title } },
      h('figcaption', {}, title), h('div', { class: 'frame' }, this.plotArea, this.readout, this.blank), this.legend);
    Object.assign(this, { xLabel, yLabel, height, log: false, list: [], plot: null });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plotArea);
    charts.add(this);
  }

  close() {
    charts.delete(this);
    this.observer.disconnect();
    this.plot?.destroy();
  }

  // blank: what is said where there is no point.
  show(list, { log = false, blank = 'No values yet.', legend = [], xLabel = this.xLabel, yLabel = this.yLabel } = {}) {
    const same = this.plot && log === this.log && xLabel === this.xLabel && yLabel === this.yLabel && list.length === this.list.length
      && list.every((one, i) => one.color === this.list[i].color && !one.low === !this.list[i].low);
    Object.assign(this, { list, log, xLabel, yLabel });
    this.element.series = list;
    this.element.dataset.points = list.reduce((sum, one) => sum + one.x.length, 0);
    const isBlank = list.every(one => one.x.length === 0);
    this.blank.hidden = !isBlank;
    this.blank.textContent = blank;
    this.plotArea.hidden = isBlank;
    this.legend.replaceChildren(...legend);
    if (isBlank) {
      this.plot?.destroy();
      this.plot = null;
    } else if (same) {
      const zoomed = this.zoomed;
      this.plot.setData(this.data(), !zoomed);
      if (zoomed) this.plot.redraw();
    } else {
      this.rebuild();
    }
  }

  data() {
    const positive = values => this.log ? values.map(value => value > 0 ? value : null) : values;
    const tables = this.list.flatMap(one => one.low
      ? [[one.x, positive(one.y)], [one.x, positive(one.high)], [one.x, positive(one.low)]]
      : [[one.x, positive(one.y)]]);
    return uPlot.join(tables);
  }

  rebuild() {
    this.plot?.destroy();
    this.plot = null;
    if (this.list.every(one => one.x.length === 0) || this.plotArea.clientWidth === 0) return;
    this.zoomed = false;
    const series = [{}];
    const bands = [];
    for (const one of this.list) {
      const stroke = color(one.color);
      const few = one.x.length <= 60;
      series.push({ stroke, width: 1.6, spanGaps: false, points: { show: few, size: 5, fill: stroke, stroke } });
      if (one.low) {
        const at = series.length;
        series.push({ width: 0, points: { show: false } }, { width: 0, points: { show: false } });
        bands.push({ series: [at, at + 1], fill: stroke + '2a' });
      }
    }
    const axis = { stroke: css('--muted'), grid: { stroke: css('--grid'), width: 1 }, ticks: { stroke: css('--grid'), width: 1, size: 4 },
      font: '12px system-ui, sans-serif', labelFont: '12px system-ui, sans-serif', labelSize: 18, labelGap: 0, gap: 4 };
    this.plot = new uPlot({
      width: this.plotArea.clientWidth,
      height: this.height,
      legend: { show: false },
      padding: [10, 12, 0, 0],
      series,
      bands,
      scales: { x: { time: false }, y: this.log ? { distr: 3 } : {} },
      axes: [
        { ...axis, label: this.xLabel, size: 30, incrs: WHOLE, values: (_, ticks) => ticks.map(tick) },
        { ...axis, label: this.yLabel, size: 52, values: (_, ticks) => ticks.map(tick) },
      ],
      cursor: { points: { show: false }, y: false, drag: { x: true, y: false } },
      hooks: {
        setCursor: [() => this.read()],
        setScale: [(plot, key) => { if (key === 'x') this.zoomed = this.isZoomed(plot); }],
      },
    }, this.data(), this.plotArea);
  }

  isZoomed(plot) {
    const x = plot.data[0];
    return x.length > 1 && (plot.scales.x.min > x[0] || plot.scales.x.max < x[x.length - 1]);
  }

  resize() {
    const width = this.plotArea.clientWidth;
    if (width === 0) return;
    if (!this.plot) this.rebuild();
    else if (width !== this.plot.width) this.plot.setSize({ width, height: this.height });
  }

  // The values nearest to the pointer, of the lines nearest to it.
  read() {
    const { left, top } = this.plot.cursor;
    if (left === null || left === undefined || left < 0) {
      this.readout.hidden = true;
      return;
    }
    const x = this.plot.posToVal(left, 'x');
    const near = this.list.filter(one => one.x.length > 0).map(one => {
      const at = nearest(one.x, x);
      return { one, at, distance: one.y[at] === null ? Infinity : Math.abs(this.plot.valToPos(one.y[at], 'y') - top) };
    }).filter(each => Number.isFinite(each.distance)).sort((a, b) => a.distance - b.distance).slice(0, 6);
    this.readout.hidden = near.length === 0;
    this.readout.replaceChildren(...near.map(({ one, at }) => {
      const swatch = h('i', { class: 'swatch' });
      swatch.style.background = color(one.color);
      const band = one.low && one.low[at] !== null ? `  (${number(one.low[at])} to ${number(one.high[at])})` : '';
      return h('div', {}, swatch, h('b', {}, number(one.y[at])), `${band}  ${this.xLabel} ${number(one.x[at])}  `,
        h('span', {}, one.label));
    }));
    this.readout.classList.toggle('left', left > this.plotArea.clientWidth / 2);
  }
}

function nearest(sorted, x) {
  let [low, high] = [0, sorted.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle;
    else high = middle;
  }
  return Math.abs(sorted[low] - x) <= Math.abs(sorted[high] - x) ? low : high;
}

// A line of a legend: colour, name, and the last value.
export function legendItem(index, label, value) {
  const swatch = h('i', { class: 'swatch' });
  swatch.style.background = color(index);
  return h('li', {}, swatch, h('span', { class: 'name', title: label }, label), value);
}

// Values that share a step are one point of a line, the last of them.
export function line(steps, values) {
  const [x, y] = [[], []];
  steps.forEach((step, i) => {
    if (x.length > 0 && x[x.length - 1] === step) y[y.length - 1] = values[i];
    else {
      x.push(step);
      y.push(values[i]);
    }
  });
  return { x, y };
}
