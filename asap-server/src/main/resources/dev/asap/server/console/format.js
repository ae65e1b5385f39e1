// Figures and times as people read them.

const LOCALE = 'en-GB';
const FIGURES = 'en-US';
const whole = new Intl.NumberFormat(FIGURES, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(FIGURES, { notation: 'compact', maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat(FIGURES, { maximumFractionDigits: 2 });
const moment = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });

export const HOUR = 3_600_000;
export const WINDOWS = {
  '1h': { name: 'Last hour', length: HOUR },
  '24h': { name: '24 hours', length: 24 * HOUR },
  '7d': { name: '7 days', length: 168 * HOUR },
  '30d': { name: '30 days', length: 720 * HOUR },
};

export const count = (value) => (value >= 100_000 ? short.format(value) : whole.format(value));
export const percent = (value) => `${fine.format(value)} %`;
export const millis = (value) => `${whole.format(value)} ms`;
export const at = (date) => moment.format(date);
export const clockTime = (date) => clock.format(date);
export const exactTime = (date) => exact.format(date);
export const dayTime = (date) => day.format(date);
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A length of time in its two largest units. */
export function span(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  const parts = [[Math.floor(minutes / 1440), 'd'], [Math.floor(minutes / 60) % 24, 'h'], [minutes % 60, 'min']];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) {
    return 'under 1 min';
  }
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ');
}

const SORTS = { availability: 'Availability', latency: 'p95 latency', error_rate: 'Error rate' };

export const breachType = (type) => (Object.hasOwn(SORTS, type) ? SORTS[type] : type);

/** The promise as a number; null where it is not one. */
export function promised(promise) {
  const value = typeof promise === 'number' ? promise : Number.parseFloat(promise ?? '');
  return Number.isFinite(value) ? value : null;
}
