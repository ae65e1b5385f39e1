// A line over time, drawn as SVG: axes with units, the promise as a dashed line, and a readout for pointer and keys.
import { el, svg, instead } from './dom.js';
import { HOUR, at, clockTime, dayTime } from './format.js';

const HEIGHT = 200;
const LEFT = 56;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 26;

/** Draws into a figure and draws again when its width changes; gives the function that shows another chart. */
export function chartIn(figure) {
  let shown = null;
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now !== width) {
      width = now;
      redraw();
    }
  }).observe(figure);

  function redraw() {
    if (shown !== null && width > 0) {
      const focused = figure.contains(document.activeElement);
      figure.replaceChildren(...(shown.problem ? [caption(shown, ''), instead(shown.problem)] : draw(shown, width)));
      if (focused) {
        figure.querySelector('svg')?.focus();
      }
    }
  }

  return (chart) => {
    shown = chart;
    width = Math.round(figure.clientWidth - 36);
    redraw();
  };
}

function caption(chart, readout) {
  return el('figcaption', {}, el('h3', {}, chart.title), el('output', { class: 'readout', 'aria-live': 'polite' }, readout));
}

/** A chart is {title, from, to, points: [{time, value}], promise, promiseText, format}. */
function draw(chart, width) {
  const { points, from, to, format } = chart;
  const right = width - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  const highest = Math.max(chart.promise ?? 0, ...points.map((point) => point.value));
  const ticks = niceTicks(highest === 0 ? 1 : highest * 1.08);
  const top = ticks[ticks.length - 1];
  const x = (time) => LEFT + ((time - from) / (to - from)) * (right - LEFT);
  const y = (value) => bottom - (value / top) * (bottom - TOP);
  const broken = (point) => chart.promise !== null && point.value > chart.promise;

  const drawing = svg('svg', { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': summary(chart), tabindex: 0 });
  for (const tick of ticks) {
    drawing.append(
      svg('line', { class: 'grid', x1: LEFT, x2: right, y1: y(tick), y2: y(tick) }),
      svg('text', { class: 'axis', x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, format(tick)));
  }
  for (const time of timeTicks(from, to, width)) {
    const label = to - from <= 25 * HOUR ? clockTime(time) : dayTime(time);
    drawing.append(
      svg('line', { class: 'grid', x1: x(time), x2: x(time), y1: bottom, y2: bottom + 4 }),
      svg('text', { class: 'axis', x: x(time), y: HEIGHT - 6, 'text-anchor': 'middle' }, label));
  }
  for (const run of runs(points)) {
    const path = run.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`).join('');
    const last = run[run.length - 1];
    drawing.append(
      svg('path', { class: 'area', d: `${path}L${x(last.time).toFixed(1)} ${bottom}L${x(run[0].time).toFixed(1)} ${bottom}Z` }),
      svg('path', { class: 'line', d: path }));
  }
  for (const point of points.filter((each) => broken(each) || points.length <= 40)) {
    drawing.append(svg('circle', { class: broken(point) ? 'dot broken' : 'dot', cx: x(point.time), cy: y(point.value), r: broken(point) ? 3.2 : 2.2 }));
  }
  if (chart.promise !== null) {
    const line = y(chart.promise);
    drawing.append(
      svg('line', { class: 'promise', x1: LEFT, x2: right, y1: line, y2: line }),
      svg('text', { class: 'promise-text', x: LEFT + 6, y: line < TOP + 16 ? line + 14 : line - 5 }, chart.promiseText));
  }

  const latest = points[points.length - 1];
  const title = caption(chart, `latest ${format(latest.value)}`);
  addReadout(drawing, title.lastChild, points, { x, y, format, bottom });
  return [title, drawing];
}

function addReadout(drawing, output, points, { x, y, format, bottom }) {
  const cursor = svg('line', { class: 'cursor', y1: TOP, y2: bottom, visibility: 'hidden' });
  const spot = svg('circle', { class: 'spot', r: 4.5, visibility: 'hidden' });
  const resting = output.textContent;
  let index = points.length - 1;
  drawing.append(cursor, spot);

  function show(next) {
    index = Math.max(0, Math.min(points.length - 1, next));
    const point = points[index];
    for (const [name, value] of [['x1', x(point.time)], ['x2', x(point.time)], ['visibility', 'visible']]) {
      cursor.setAttribute(name, value);
    }
    for (const [name, value] of [['cx', x(point.time)], ['cy', y(point.value)], ['visibility', 'visible']]) {
      spot.setAttribute(name, value);
    }
    output.textContent = `${at(point.time)} · ${format(point.value)}`;
  }
  function hide() {
    cursor.setAttribute('visibility', 'hidden');
    spot.setAttribute('visibility', 'hidden');
    output.textContent = resting;
  }

  drawing.addEventListener('pointermove', (event) => {
    const place = event.clientX - drawing.getBoundingClientRect().left;
    const distances = points.map((point) => Math.abs(x(point.time) - place));
    show(distances.indexOf(Math.min(...distances)));
  });
  drawing.addEventListener('pointerleave', hide);
  drawing.addEventListener('focus', () => drawing.matches(':focus-visible') && show(index));
  drawing.addEventListener('blur', hide);
  drawing.addEventListener('keydown', (event) => {
    const next = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: points.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      show(next);
    }
  });
}

function summary({ title, points, format }) {
  const values = points.map((point) => point.value);
  return `${title}: ${points.length} periods, lowest ${format(Math.min(...values))}, highest ${format(Math.max(...values))}, `
    + `latest ${format(values[values.length - 1])}. Arrow keys read single periods.`;
}

/** From zero to the bound or a little beyond, in steps of 1, 2 or 5. */
function niceTicks(bound) {
  const rough = bound / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const ticks = [0];
  while (ticks[ticks.length - 1] < bound) {
    ticks.push(Number((ticks[ticks.length - 1] + step).toPrecision(12)));
  }
  return ticks;
}

/** At full minutes, hours or days of the reader's own time. */
function timeTicks(from, to, width) {
  const most = Math.max(2, Math.floor(width / 80));
  const step = [1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 3, 4, 6, 12, 24, 48, 96, 168].map((hours) => hours * HOUR)
    .find((each) => (to - from) / each <= most) ?? 336 * HOUR;
  const offset = new Date(to).getTimezoneOffset() * 60_000;
  const ticks = [];
  for (let time = Math.ceil((from - offset) / step) * step + offset; time <= to; time += step) {
    ticks.push(time);
  }
  return ticks;
}

/** Parts without a hole: where several periods are missing, the line ends. */
function runs(points) {
  const gaps = points.slice(1).map((point, index) => point.time - points[index].time).sort((a, b) => a - b);
  const longest = 2.5 * (gaps[Math.floor(gaps.length / 2)] ?? 0);
  const parts = [];
  points.forEach((point, index) => {
    if (index === 0 || point.time - points[index - 1].time > longest) {
      parts.push([]);
    }
    parts[parts.length - 1].push(point);
  });
  return parts;
}
