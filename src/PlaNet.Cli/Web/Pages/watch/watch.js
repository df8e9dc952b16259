// The window of `planet watch`: shows one step of an episode. The server plays and remembers; this page asks for one step at a time, so
// that pausing is not asking.

const element = id => document.getElementById(id);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (value, digits = 2) => value === null || value === undefined ? '–' : value.toFixed(digits);
const FRAME = 256;
const STRIP = 64;
const CHOICES = 10;

let state = null;
let playing = false;
let busy = false;
let queued = null;
let goal = null;

function node(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// ---- Talking to the server ----

async function ask(method, path) {
  const answer = await fetch(`/api/watch${path}`, { method });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `the server answered ${answer.status}`);
  return answer.json();
}

// One request at a time. While one is under way only the newest further wish is kept, so that held keys leave no queue behind.
async function act(method, path) {
  if (busy) {
    queued = [method, path];
    return;
  }
  busy = true;
  try {
    await show(await ask(method, path));
    say(playing ? 'playing' : 'paused');
  } catch (failure) {
    playing = false;
    say(failure instanceof TypeError ? 'the program has ended: start planet watch again' : failure.message, 'error');
  } finally {
    busy = false;
    controls();
    const next = queued;
    queued = null;
    if (next) await act(...next);
    else goal = null;
  }
}

// Keys that are pressed faster than the server answers count from the step that the last of them asked for.
function go(steps) {
  playing = false;
  const wanted = Math.max((goal ?? state.position) + steps, 0);
  if (wanted < state.count) {
    goal = wanted;
    act('POST', `/show?position=${wanted}`);
  } else if (!state.ended) {
    goal = state.count;
    act('POST', '/forward');
  }
}

async function play() {
  playing = !playing;
  controls();
  say(playing ? 'playing' : 'paused');
  while (playing && !isLast()) {
    const began = performance.now();
    await act('POST', '/forward');
    const wait = Math.max(Number(element('speed').value) - (performance.now() - began), 0);
    await new Promise(done => setTimeout(done, wait));
    while (playing && busy) await new Promise(done => setTimeout(done, 10));
  }
  playing = false;
  if (element('status').dataset.state !== 'error') say(state?.ended && isLast() ? 'the episode is over' : 'paused');
  controls();
}

const isLast = () => state === null || (state.ended && state.position === state.count - 1);

// ---- Showing a step ----

function say(text, kind = '') {
  element('status').textContent = text;
  element('status').dataset.state = kind;
}

const picture = name => `/api/watch/pictures/${state.episode}/${state.step.index}/${name}`;

// All pictures of a step appear at once: an image without its content is never shown.
async function load(images) {
  await Promise.allSettled(images.map(image => image.decode()));
}

async function show(next) {
  state = next;
  const images = [];
  const size = state.image_size;
  const enlarge = Math.max(1, Math.floor(FRAME / size));
  const pictures = ['frame', 'reconstruction'].map(name => {
    const image = node('img', { id: name, alt: element(name).alt, src: picture(name), width: size * enlarge, height: size * enlarge });
    images.push(image);
    return image;
  });
  const futures = showFutures(images, size);
  await load(images);
  pictures.forEach(image => element(image.id).replaceWith(image));
  element('futures').replaceChildren(...futures);
  showTexts();
  showCharts();
  controls();
}

function showFutures(images, size) {
  const decision = state.step.decision;
  if (!decision) {
    return [node('p', { className: 'over' }, `The episode is over: return ${number(state.step.return, 1)}. R begins another one.`)];
  }
  const scale = size <= STRIP ? Math.floor(STRIP / size) : STRIP / size;
  const rows = [['plan', 'Plan', decision.plan, `the ${decision.discrete ? 'most probable choices' : 'mean of the belief'}, without noise`]]
    .concat(decision.elites.map((elite, i) => [`elite-${i}`, `Elite ${i + 1}`, elite, 'as the planner sampled it']));
  return rows.map(([name, title, future, note], i) => {
    const steps = future.rewards.length;
    const image = node('img', {
      src: picture(name), alt: `${title}: ${steps} imagined frames`, width: steps * size * scale, height: size * scale,
      className: scale >= 1 ? 'crisp' : '',
    });
    images.push(image);
    return node('div', { className: 'future' },
      node('p', {}, node('i', { className: `c${i % 10}` }), node('b', {}, title),
        ` return ${number(future.return)} over ${steps} steps, ${note}`),
      image);
  });
}

function showTexts() {
  const { step } = state;
  element('run').textContent = `${state.experiment}: ${state.task}`;
  element('run').title = state.run;
  element('model').textContent =
    `model of ${state.updates} updates, ${state.episodes} episodes | episode ${state.episode + 1} | ${state.planner}`;
  element('where').textContent = `${step.index} of ${state.decisions}`;
  const position = element('position');
  position.max = state.count - 1;
  position.value = state.position;
  position.setAttribute('aria-valuetext', `step ${step.index}, ${state.count} played`);
  const decision = step.decision;
  const facts = [
    ['return so far', number(step.return, 2)],
    ['reward predicted', number(decision?.predicted_reward, 3)],
    ['reward', step.reward === null ? (decision ? 'not played yet' : '–') : number(step.reward, 3)],
    ['return, by the planner', number(decision?.plan_return, 2)],
    ['action', !decision ? '–' : decision.discrete ? `choice ${decision.action.indexOf(1)}`
      : decision.action.map(value => number(value)).join(', ')],
  ];
  element('facts').replaceChildren(...facts.flatMap(([name, value]) => [node('dt', {}, name), node('dd', {}, value)]));
}

// ---- Charts ----

const plots = new Map();

function chart(id, x, lines, { bands = [], mark = null, xLabel = '' } = {}) {
  const host = element(id);
  const data = [x, ...lines.map(line => line.y)];
  const shape = JSON.stringify([lines.map(line => [line.color, line.dash, line.hidden]), bands, host.clientWidth]);
  let known = plots.get(id);
  if (known?.shape !== shape) {
    known?.plot.destroy();
    const axis = {
      stroke: css('--muted'), grid: { stroke: css('--grid'), width: 1 }, ticks: { stroke: css('--grid'), width: 1, size: 3 },
      font: '11px system-ui, sans-serif', gap: 3,
    };
    known = { shape, mark: null };
    known.plot = new uPlot({
      width: host.clientWidth, height: 150, padding: [8, 8, 0, 0], legend: { show: false }, cursor: { show: false },
      scales: { x: { time: false } },
      series: [{}, ...lines.map(line => ({
        stroke: line.hidden ? undefined : css(`--c${line.color % 10}`), width: line.hidden ? 0 : 1.6, dash: line.dash ? [5, 4] : undefined,
        points: { show: false }, spanGaps: false,
      }))],
      bands: bands.map(([high, low, color]) => ({ series: [high, low], fill: css(`--c${color % 10}`) + '2a' })),
      axes: [{ ...axis, size: 22 }, { ...axis, size: 44 }],
      hooks: {
        draw: [plot => {
          if (known.mark === null) return;
          const at = plot.valToPos(known.mark, 'x', true);
          plot.ctx.save();
          plot.ctx.strokeStyle = css('--muted');
          plot.ctx.lineWidth = devicePixelRatio;
          plot.ctx.beginPath();
          plot.ctx.moveTo(at, plot.bbox.top);
          plot.ctx.lineTo(at, plot.bbox.top + plot.bbox.height);
          plot.ctx.stroke();
          plot.ctx.restore();
        }],
      },
    }, data, host);
    plots.set(id, known);
  }
  known.mark = mark;
  known.plot.setData(data);
  host.dataset.points = x.length;
}

const legend = (id, entries) => element(id).replaceChildren(
  ...entries.flatMap(([color, text]) => [node('i', { className: `c${color % 10}` }), text]));

function showCharts() {
  const { predicted, real } = state.rewards;
  chart('rewards', predicted.map((_, i) => i), [{ y: predicted, color: 1, dash: true }, { y: real, color: 0 }], { mark: state.step.index });
  legend('reward-legend', [[0, 'real'], [1, 'predicted']]);
  const decision = state.step.decision;
  for (const id of ['belief', 'imagined']) element(id).parentElement.hidden = !decision;
  if (!decision) return;
  const steps = decision.plan.rewards.map((_, i) => i + 1);
  const sizes = decision.action.length;
  const lines = [];
  const bands = [];
  // Of many choices only those that are most probable now.
  const shown = [...Array(sizes).keys()];
  if (decision.discrete) {
    shown.sort((a, b) => decision.belief_mean[0][b] - decision.belief_mean[0][a]);
    shown.splice(CHOICES);
    shown.sort((a, b) => a - b);
  }
  for (const a of shown) {
    const mean = decision.belief_mean.map(row => row[a]);
    if (decision.discrete) {
      lines.push({ y: mean, color: a });
      continue;
    }
    const deviation = decision.belief_stddev.map(row => row[a]);
    lines.push({ y: mean, color: a });
    lines.push({ y: mean.map((value, i) => value + deviation[i]), color: a, hidden: true });
    lines.push({ y: mean.map((value, i) => value - deviation[i]), color: a, hidden: true });
    bands.push([lines.length - 1, lines.length, a]);
  }
  chart('belief', steps, lines, { bands });
  legend('belief-legend', shown.map(a => [a, decision.discrete ? `choice ${a}: ${number(decision.belief_mean[0][a])}`
    : sizes === 1 ? 'mean ± deviation' : `${a + 1}`]));
  const futures = [decision.plan, ...decision.elites];
  chart('imagined', steps, futures.map((future, i) => ({ y: future.rewards, color: i })));
  legend('imagined-legend', futures.map((_, i) => [i, i === 0 ? 'plan' : `${i}`]));
}

function redraw() {
  plots.forEach(known => known.plot.destroy());
  plots.clear();
  if (state) showCharts();
}

// ---- Controls ----

function controls() {
  element('back').disabled = !state || state.position === 0;
  element('forward').disabled = isLast();
  element('play').disabled = isLast() && !playing;
  element('play').firstChild.textContent = playing ? 'Pause ' : 'Play ';
  element('play').setAttribute('aria-pressed', playing);
}

const commands = {
  ' ': () => { if (playing || !isLast()) play(); },
  ArrowRight: () => go(1),
  ArrowLeft: () => go(-1),
  Home: () => go(-state.count),
  End: () => go(state.count - 1 - (goal ?? state.position)),
  r: () => { playing = false; say('beginning another episode'); act('POST', '/episode'); },
};

addEventListener('keydown', event => {
  const command = commands[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  const typing = event.target.closest('select, input');
  if (!command || !state || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  command();
});
// A focused button would be pressed as well when the space bar is released.
addEventListener('keyup', event => { if (event.key === ' ' && event.target.closest('button')) event.preventDefault(); });
element('play').addEventListener('click', commands[' ']);
element('forward').addEventListener('click', commands.ArrowRight);
element('back').addEventListener('click', commands.ArrowLeft);
element('episode').addEventListener('click', commands.r);
element('position').addEventListener('input', event => go(Number(event.target.value) - (goal ?? state.position)));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
let resizing = 0;
addEventListener('resize', () => { clearTimeout(resizing); resizing = setTimeout(redraw, 100); });

act('GET', '');
