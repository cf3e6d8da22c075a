// Coordinates as people write them.

import { fromPlane, isZone } from "./plane.js";

/**
 * The place that `words` name, or null: decimal degrees in either order, degrees-minutes-seconds
 * with signs, kanji, N/E letters or run together (351804.4 1405512), and X (north), Y (east) of the
 * town's own plane zone.
 *
 * @param {number|null} zone the town's plane zone, 1–19; without it X and Y are not taken.
 * @returns {{latitude: number, longitude: number}|null}
 */
export function parseCoordinates(words, zone = null) {
  const tidy = plainSigns(words);
  return parsePlane(tidy, zone) ?? parseMarked(tidy) ?? parseUnmarked(tidy, zone);
}

function plainSigns(words) {
  return words
    .replace(/[º˚]/g, "°")
    .normalize("NFKC")
    .replace(/[′’‘`]/g, "'")
    .replace(/''|[″”“]/g, '"')
    .replace(/[−–—‐]/g, "-")
    .replace(/[、，;]/g, ",")
    .replace(/^[@(]|[)]$/g, "")
    .trim()
    .toUpperCase();
}

const number = "[+-]?\\d+(?:\\.\\d+)?";
const part = "(\\d+(?:\\.\\d+)?)";
const sexagesimal = `(${number})\\s*(?:[°度]\\s*(?:${part}\\s*['分]\\s*(?:${part}\\s*["秒])?)?)?`;
const before = "(北緯|南緯|東経|西経|緯度|経度|[NSEW])\\s*[:=]?\\s*";
const after = "\\s*([NSEW])";
const gap = "[\\s,/]*";

const markedBefore = new RegExp(`^${before}${sexagesimal}${gap}${before}${sexagesimal}$`);
const markedAfter = new RegExp(`^${sexagesimal}${after}${gap}${sexagesimal}${after}$`);
const unmarked = new RegExp(`^${sexagesimal}[\\s,/]+${sexagesimal}$`);
const runTogether = /^(\d{2})(\d{2})(\d{2}(?:\.\d+)?)[\s,/]+(\d{3})(\d{2})(\d{2}(?:\.\d+)?)$/;
const metres = `\\s*[=:]?\\s*(${number})\\s*M?`;
const planeXY = new RegExp(`^X${metres}[\\s,]*Y${metres}$`);
const planeYX = new RegExp(`^Y${metres}[\\s,]*X${metres}$`);

function parsePlane(words, zone) {
  if (!isZone(zone)) return null;
  const northFirst = planeXY.exec(words);
  if (northFirst) return planePlace(Number(northFirst[1]), Number(northFirst[2]), zone);
  const eastFirst = planeYX.exec(words);
  return eastFirst ? planePlace(Number(eastFirst[2]), Number(eastFirst[1]), zone) : null;
}

// A zone reaches some 130 km east and west and 700 km north and south of its origin; beyond, the
// numbers are no plane coordinates.
function planePlace(north, east, zone) {
  if (Math.abs(north) > 1_000_000 || Math.abs(east) > 400_000) return null;
  return fromPlane(north, east, zone);
}

function parseMarked(words) {
  const first = markedBefore.exec(words);
  if (first) return byMarks(first[1], first.slice(2, 5), first[5], first.slice(6, 9));
  const last = markedAfter.exec(words);
  return last ? byMarks(last[4], last.slice(1, 4), last[8], last.slice(5, 8)) : null;
}

function byMarks(markA, partsA, markB, partsB) {
  const axis = (mark) => (/[NS]|緯/.test(mark) ? "latitude" : "longitude");
  const sign = (mark) => (/[SW]|南|西/.test(mark) ? -1 : 1);
  if (axis(markA) === axis(markB)) return null;
  const place = {
    [axis(markA)]: angle(partsA, sign(markA)),
    [axis(markB)]: angle(partsB, sign(markB)),
  };
  return onEarth(place.latitude, place.longitude);
}

function parseUnmarked(words, zone) {
  const together = runTogether.exec(words);
  if (together) return onEarth(angle(together.slice(1, 4), 1), angle(together.slice(4, 7), 1));
  const pair = unmarked.exec(words);
  if (!pair) return null;
  const [a, b] = [angle(pair.slice(1, 4), 1), angle(pair.slice(4, 7), 1)];
  if (a === null || b === null) return null;
  if (Math.abs(a) > 180 || Math.abs(b) > 180) return isZone(zone) ? planePlace(a, b, zone) : null;
  // Two whole numbers are more often a district and a serial than a place.
  if (!/[.°度]/.test(words)) return null;
  // Latitude comes first unless the number can only be a longitude.
  return Math.abs(a) > 90 ? onEarth(b, a) : onEarth(a, b);
}

function angle([degrees, minutes, seconds], sign) {
  const fraction = Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
  if (Number(minutes ?? 0) >= 60 || Number(seconds ?? 0) >= 60) return null;
  const negative = degrees.startsWith("-") ? -1 : 1;
  return sign * negative * (Math.abs(Number(degrees)) + fraction);
}

function onEarth(latitude, longitude) {
  if (latitude === null || longitude === null) return null;
  return Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}
