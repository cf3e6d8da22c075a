// Values of a ledger as people read them: a code with its meaning, a unit, a date with its era.

import { choose, language, text } from "./texts.js";

// First days of the eras, newest first.
const eras = [
  ["2019-05-01", "令和", "Reiwa"],
  ["1989-01-08", "平成", "Heisei"],
  ["1926-12-25", "昭和", "Showa"],
  ["1912-07-30", "大正", "Taisho"],
  ["1868-10-23", "明治", "Meiji"],
];

function era(date) {
  const found = eras.find(([start]) => date >= start);
  if (!found) return null;
  const year = Number(date.slice(0, 4)) - Number(found[0].slice(0, 4)) + 1;
  return language() === "ja" ? `${found[1]}${year === 1 ? "元" : year}` : `${found[2]} ${year}`;
}

const isoDate = /^(\d{4})-(\d{2})-(\d{2})/;

// The clock of Japan, whatever offset the time was written with.
function japanTime(value) {
  if (!/T.*(Z|[+-]\d{2}:?\d{2})$/.test(value)) return value;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? value : new Date(milliseconds + 9 * 3_600_000).toISOString();
}

/** `2023-04-01（令和5年4月1日）` of an ISO date or time; other text stays as it is. */
export function dateWords(value) {
  const local = japanTime(value);
  const parts = isoDate.exec(local);
  if (!parts) return value;
  const clock = /T(\d{2}:\d{2})/.exec(local);
  const written = clock ? `${parts[0]} ${clock[1]}` : parts[0];
  const year = era(parts[0]);
  if (!year) return written;
  if (language() !== "ja") return `${written} (${year})`;
  return `${written}（${year}年${Number(parts[2])}月${Number(parts[3])}日）`;
}

// A fiscal year starts in April and carries the era of its later part: 2019 is 令和元年度.
function fiscalYearWords(year) {
  const name = era(`${year}-05-01`);
  return name ? text("fiscalYear", { year, era: name }) : String(year);
}

/** The title of a column, with its unit where the column has one and `withUnit` asks for it. */
export function fieldTitle(field, withUnit = false) {
  const title = choose(field.title) || field.name;
  return withUnit && field.unit ? `${title} (${field.unit})` : title;
}

export const isEmpty = (value) => value === null || value === undefined || value === "";

/**
 * How a value reads.
 *
 * @returns {{words: string, link?: string}} `link` for an http(s) address.
 */
export function describe(field, value, { withUnit = true } = {}) {
  if (isEmpty(value)) return { words: text("noValue") };
  const code = field.codes?.find((entry) => String(entry.value) === String(value));
  if (code) {
    const meaning = choose(code.title);
    const same = meaning === "" || meaning === String(value);
    return { words: same ? String(value) : `${value} ${meaning}` };
  }
  const unit = withUnit && field.unit ? ` ${field.unit}` : "";
  switch (field.type) {
    case "boolean":
      return { words: text([true, 1, "1", "true"].includes(value) ? "yes" : "no") };
    case "date":
    case "datetime":
      return { words: dateWords(String(value)) };
    case "url":
      return /^https?:\/\//i.test(value) ? { words: value, link: value } : { words: String(value) };
    case "integer":
      if (field.name.endsWith("年度") && !field.unit) return { words: fiscalYearWords(value) };
      return { words: numberWords(value, field.unit) + unit };
    case "real":
      return { words: numberWords(value, field.unit) + unit };
    default:
      return { words: (typeof value === "object" ? JSON.stringify(value) : String(value)) + unit };
  }
}

// Amounts are grouped by thousands; a number without a unit may be a year or a number of something,
// and is not.
function numberWords(value, unit) {
  if (typeof value !== "number" || !unit) return String(value);
  return value.toLocaleString("en-US", { maximumFractionDigits: 10 });
}

/** Text as searches compare it: width, case and kana folded. */
export function folded(words) {
  return String(words)
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** The name of a feature: its label column, else its key. */
export function labelOf(feature, schema) {
  const label = schema.label ? feature.properties?.[schema.label] : null;
  return isEmpty(label) ? String(feature.id) : String(label);
}
