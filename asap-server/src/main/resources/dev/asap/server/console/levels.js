// How well agents serve: a tile for each window of time, and two charts of the chosen one.
import { byId, el, instead } from './dom.js';
import { WINDOWS, count, millis, percent, promised } from './format.js';
import { chartIn } from './chart.js';

const PAGE = 1000;

/** Calls back with the chosen window. */
export function addWindows(chosen, onChoice) {
  byId('windows').append(...Object.entries(WINDOWS).map(([window, { name }]) => {
    const input = el('input', { type: 'radio', name: 'window', value: window, id: `window-${window}`, checked: window === chosen });
    input.addEventListener('change', () => onChoice(window));
    return el('label', { class: 'tile', for: input.id }, input,
      el('span', { class: 'tile-name' }, name), el('span', { class: 'tile-body', id: `tile-${window}` }, '…'));
  }));
}

export function showWindow(window, outcome, agent) {
  const level = outcome.data?.data.find((each) => each.agent_id === agent);
  byId(`tile-${window}`).replaceChildren(...(level ? tile(level) : [instead(outcome.text ?? 'No figures of this time.')]));
}

function tile({ metrics, compliance_percent: compliance }) {
  const known = compliance !== null;
  const tone = !known ? 'quiet' : compliance >= 100 ? 'good' : compliance >= 90 ? 'fair' : 'bad';
  const said = !known ? 'its promises are not known here' : compliance >= 100 ? '✓ promises kept' : '! promises broken';
  return [
    el('strong', { class: 'big', 'data-tone': tone }, known ? percent(compliance) : '–'),
    el('span', { class: 'said', 'data-tone': tone }, known ? `compliance · ${said}` : said),
    el('span', { class: 'small' },
      ...[['p95', millis(metrics.latency_p95_ms)], ['errors', percent(metrics.error_rate_percent)],
        ['up', percent(metrics.uptime_percent)], ['tasks', count(metrics.tasks_completed + metrics.tasks_failed)]]
        .map(([name, value]) => el('span', {}, el('span', { class: 'faint' }, name), ` ${value}`))),
  ];
}

/** All agents of which there are figures, the own one first. */
export function showAgents(outcome, self, chosen) {
  const others = (outcome.data?.data ?? []).map((level) => level.agent_id).filter((id) => id !== self).sort();
  const ids = [self, ...others];
  const shown = [...byId('agent').options].map((option) => option.value);
  // Not while the same are there already: somebody may be choosing.
  if (JSON.stringify(ids) !== JSON.stringify(shown)) {
    byId('agent').replaceChildren(...ids.map((id) =>
      el('option', { value: id, selected: id === chosen }, id === self ? `${id} (this agent)` : id)));
  }
}

/** The periods of a window; the latest of them where there are more than a page. */
export const readHistory = (api, agent, window, now) => api.latest('/sla/history',
  { agent_id: agent, start: new Date(now - WINDOWS[window].length).toISOString(), end: new Date(now).toISOString() }, PAGE);

export function charts() {
  const latency = chartIn(byId('latency'));
  const errors = chartIn(byId('errors'));
  return (outcome, sla, window, now) => {
    const periods = (outcome.data?.data ?? [])
      .map((period) => ({ ...period, time: Date.parse(period.period_end) }))
      .filter((period) => Number.isFinite(period.time) && period.time <= now);
    const problem = outcome.text ?? (periods.length === 0 ? 'No figures of this time.' : undefined);
    const from = now - WINDOWS[window].length;
    const points = (value) => periods.filter((period) => period.time >= from).map((period) => ({ time: period.time, value: value(period) }));
    const draw = (show, title, promise, format, value) => show({
      title, problem, from, to: now, format, points: points(value), promise, promiseText: `promised: at most ${format(promise ?? 0)}`,
    });
    draw(latency, 'p95 latency', promised(sla?.max_latency_p95_ms), millis, (period) => period.latency_p95_ms);
    draw(errors, 'Error rate', promised(sla?.max_error_rate), percent, (period) => period.error_rate_percent);
  };
}
