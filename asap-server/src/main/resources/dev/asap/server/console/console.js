// Puts the page together: what is read when, and what is shown where.
import { Api } from './api.js';
import { Breaches } from './breaches.js';
import { byId, chip, el, text } from './dom.js';
import { WINDOWS, exactTime, zone } from './format.js';
import { addWindows, charts, readHistory, showAgents, showWindow } from './levels.js';
import { follow } from './live.js';
import { manifestOf, showHealth, showManifest } from './manifest.js';
import { readUsage, showDelegations, showUsage } from './usage.js';

const REFRESH = 30_000;
const POLL = 10_000;

/** Shows everything, and keeps it up to date; with the token of who signed in, or null where nobody has to. */
export async function start(token) {
  const api = new Api(token);
  const breaches = new Breaches();
  const drawCharts = charts();
  const levels = {};
  const newest = {};
  let self = null;
  let sla = null;
  let agent = null;
  let window = '24h';
  let live = false;

  /** Shows an answer unless the same was asked anew in the meantime. */
  async function load(key, asked, show) {
    newest[key] = asked;
    const outcome = await asked;
    if (newest[key] === asked) {
      notice(outcome);
      show(outcome);
    }
  }

  function notice(outcome) {
    if (outcome?.problem === 'signed-out' && api.signedIn && byId('notice').hidden) {
      const again = el('button', { type: 'button' }, 'Sign in again');
      again.addEventListener('click', () => location.reload());
      byId('notice').replaceChildren('The access token is not valid any more. ', again);
      byId('notice').hidden = false;
    }
  }

  const showTiles = () => Object.entries(levels).forEach(([each, outcome]) => showWindow(each, outcome, agent));

  const showBreaches = () => breaches.show({
    window, severity: byId('severity').value, agent: byId('own').checked ? self : null, now: Date.now(),
  });

  const loadBreaches = () => load('breaches', breaches.load(api), showBreaches);

  function loadCharts() {
    const [now, shown] = [Date.now(), window];
    return load('history', readHistory(api, agent, window, now), (outcome) =>
      drawCharts(outcome, agent === self ? sla : null, shown, now));
  }

  function loadUsage() {
    const shown = window;
    return load('usage', readUsage(api, window, Date.now()), (sums) => {
      notice(sums.summary);
      showUsage(sums, shown);
    });
  }

  const loadLevels = () => Promise.all(Object.keys(WINDOWS).map((each) => load(each, api.read('/sla', { window: each }), (outcome) => {
    levels[each] = outcome;
    showWindow(each, outcome, agent);
    if (each === '30d') {
      showAgents(outcome, self, agent);
    }
  })));

  const loadDelegations = () => (api.signedIn
    ? load('delegations', api.read('/asap/delegations', { active: true, limit: 200 }), showDelegations)
    : showDelegations({ text: 'Not switched on: delegations are there only where callers sign in (OAuth2).' }));

  async function loadManifest() {
    await load('manifest', api.read('/.well-known/asap/manifest.json'), (outcome) => {
      showManifest(outcome);
      const manifest = outcome.data ? manifestOf(outcome.data) : null;
      self = manifest?.id ?? self ?? '';
      sla = manifest ? manifest.sla : sla;
      agent ??= self;
    });
  }

  async function refresh() {
    byId('refresh').disabled = true;
    await loadManifest();
    await Promise.all([
      load('health', api.read('/.well-known/asap/health'), showHealth),
      loadLevels(), loadCharts(), loadBreaches(), loadUsage(), loadDelegations(),
    ]);
    text(byId('updated'), `updated ${exactTime(Date.now())}`);
    byId('refresh').disabled = false;
  }

  function chooseWindow(chosen) {
    window = chosen;
    showBreaches();
    loadCharts();
    loadUsage();
  }

  addWindows(window, chooseWindow);
  byId('agent').addEventListener('change', ({ target }) => {
    agent = target.value;
    showTiles();
    loadCharts();
  });
  byId('severity').addEventListener('change', showBreaches);
  byId('own').addEventListener('change', showBreaches);
  byId('refresh').addEventListener('click', refresh);
  text(byId('zone'), `Times are of ${zone()}. Figures are read again every ${REFRESH / 1000} s.`);

  await refresh();
  setInterval(() => document.hidden || byId('refresh').disabled || refresh(), REFRESH);
  setInterval(() => live || document.hidden || loadBreaches(), POLL);

  if (api.signedIn) {
    // A browser cannot send a token with the handshake of a socket.
    chip(byId('live'), 'quiet', `breaches every ${POLL / 1000} s`);
    byId('live').title = 'Browsers cannot open sockets with an access token: breaches are asked for instead.';
    return;
  }
  follow({
    onBreach: (breach) => {
      breaches.tell(breach);
      showBreaches();
    },
    onOpen: () => {
      live = true;
      chip(byId('live'), 'good', 'live');
      // What happened while nobody listened.
      loadBreaches();
    },
    onClosed: (pause) => {
      live = false;
      chip(byId('live'), 'fair', `not live: connecting again in ${Math.ceil(pause / 1000)} s`);
    },
  });
}
