// Promises that were not kept: those that are open, and those that are past.
import { byId, el, instead, table, text, time } from './dom.js';
import { WINDOWS, at, breachType, span } from './format.js';

const PAGE = 1000;
const SHOWN = 100;

export class Breaches {
  #known = new Map();
  #problem = null;
  #fresh = new Set();

  /** The latest ones; what is known already stays where they cannot be read. */
  async load(api) {
    const outcome = await api.latest('/sla/breaches', {}, PAGE);
    this.#problem = outcome.problem ? outcome.text : null;
    for (const breach of outcome.data?.data ?? []) {
      this.#take(breach);
    }
  }

  /** One that was told of just now. */
  tell(breach) {
    if (this.#take(breach)) {
      this.#fresh.add(breach.id);
      const what = `${breachType(breach.breach_type)} of ${breach.agent_id}`;
      text(byId('news'), breach.resolved_at
        ? `Resolved: ${what}.`
        : `New breach, ${breach.severity}: ${what}, ${breach.actual} instead of ${breach.threshold}.`);
    }
  }

  /** An older answer does not open again what is resolved. */
  #take(breach) {
    const before = this.#known.get(breach.id);
    if (before?.resolved_at && !breach.resolved_at) {
      return false;
    }
    this.#known.set(breach.id, breach);
    return before === undefined || before.resolved_at !== breach.resolved_at || before.severity !== breach.severity;
  }

  show({ window, severity, agent, now }) {
    if (this.#problem !== null && this.#known.size === 0) {
      byId('breaches').replaceChildren(instead(this.#problem));
      return;
    }
    const begin = now - WINDOWS[window].length;
    const chosen = [...this.#known.values()]
      .filter((breach) => (severity === '' || breach.severity === severity) && (agent === null || breach.agent_id === agent))
      .sort((a, b) => Date.parse(b.detected_at) - Date.parse(a.detected_at));
    const open = chosen.filter((breach) => !breach.resolved_at);
    const past = chosen.filter((breach) => breach.resolved_at && Date.parse(breach.resolved_at) >= begin);
    byId('breaches').replaceChildren(
      el('h3', {}, 'Open', el('span', { class: 'count', 'data-tone': open.length > 0 ? 'bad' : 'good' }, String(open.length))),
      open.length === 0 ? instead('✓ No breach is open.') : this.#table('Open breaches', open, 'For', (breach) =>
        time(breach.detected_at, span(now - Date.parse(breach.detected_at)))),
      el('h3', {}, `Past, ${WINDOWS[window].name.toLowerCase()}`, el('span', { class: 'count' }, String(past.length))),
      past.length === 0 ? instead('None in this time.') : this.#table('Past breaches', past, 'Lasted', (breach) =>
        time(breach.resolved_at, span(Date.parse(breach.resolved_at) - Date.parse(breach.detected_at)))));
    this.#fresh.clear();
  }

  #table(caption, breaches, lengthTitle, length) {
    return table(caption, [
      { title: 'Promise', of: (breach) => el('span', this.#fresh.has(breach.id) ? { class: 'fresh' } : {},
        badge(breach.severity), ` ${breachType(breach.breach_type)}`) },
      { title: 'Agent', of: (breach) => el('span', { class: 'urn' }, breach.agent_id) },
      { title: 'Promised', number: true, of: (breach) => breach.threshold },
      { title: 'Measured', number: true, of: (breach) => el('strong', {}, breach.actual) },
      { title: 'Since', of: (breach) => time(breach.detected_at, at(Date.parse(breach.detected_at))) },
      { title: lengthTitle, number: true, of: length },
    ], breaches, SHOWN);
  }
}

function badge(severity) {
  return el('span', { class: 'badge', 'data-tone': severity === 'critical' ? 'bad' : 'fair' }, severity);
}
