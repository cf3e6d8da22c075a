// The form in which texts are compared, as Machizu itself folds them (TextFolding), so that what is typed
// finds the folded texts of search.js. Plain script: machizuFold(tables) makes the function.
"use strict";

window.machizuFold = ({ variants, radicals }) => {
  const table = new Map();
  for (const group of variants.split(/\s+/)) {
    const [target, ...others] = group;
    for (const other of others) table.set(other, target);
  }
  for (const pair of radicals.split(/\s+/)) {
    const [radical, ideograph] = pair;
    if (ideograph) table.set(radical, table.get(ideograph) ?? ideograph);
  }
  table.set("﨑", "崎");

  const dash = "-";
  const small = new Map([..."ぁぃぅぇぉっゃゅょゎ"].map((kana, i) => [kana, [..."あいうえおつやゆよわ"][i]]));
  for (const [one, other] of ["ゐい", "ゑえ", "ゕか", "ゖけ"]) small.set(one, other);
  const voiced = new Map([["ヷ", "わ"], ["ヸ", "い"], ["ヹ", "え"], ["ヺ", "を"], ["ヽ", "ゝ"], ["ヾ", "ゞ"]]);
  const isKana = (c) => /^[ぁ-ゖゝゞー]$/u.test(c);
  const isIdeograph = (c) => c !== undefined && /^[㐀-䶿一-鿿豈-﫿\u{20000}-\u{3FFFF}]$/u.test(c);
  const isJapanese = (c) => isIdeograph(c) || /^[\u3003-\u30FF]$/u.test(c);
  const isDigit = (c) => c !== undefined && /^[0-9]$/.test(c);

  function one(c) {
    if (/^[\0-\x20\x7F-\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]$/.test(c)) return " ";
    if (/^[~\u2010-\u2015\u2043\u2053\u2212\u223C\u223E\u2500\u2501\u301C\u3030\u30A0]$/.test(c)) return dash;
    if (/^[‘’]$/.test(c)) return "'";
    if (/^[“”]$/.test(c)) return '"';
    if (c === "、") return ",";
    if (c === "。") return ".";
    if (/^[\u3099\u309A]$/.test(c)) return "";
    if (/^[○◯零]$/.test(c)) return "〇";
    if (voiced.has(c)) return voiced.get(c);
    if (/^[ァ-ヶ]$/.test(c)) return one(String.fromCharCode(c.charCodeAt(0) - 0x60));
    return small.get(c) ?? table.get(c) ?? c;
  }

  function characters(text) {
    const result = [];
    let spaceIsOpen = false;
    for (const character of text) {
      let c = one(character);
      const last = result.at(-1);
      if (c === dash && last !== undefined && isKana(last)) c = "ー";
      if (c === " ") {
        spaceIsOpen = result.length > 0;
        continue;
      }
      if (c === "") continue;
      if (spaceIsOpen) {
        spaceIsOpen = false;
        if (!isJapanese(c) && last !== undefined && !isJapanese(last)) result.push(" ");
      }
      result.push((c === "々" || c === "〻") && isIdeograph(result.at(-1)) ? result.at(-1) : c);
    }
    return result;
  }

  const digits = new Map([..."〇一二三四五六七八九"].map((c, i) => [c, i]));
  const factors = new Map([["十", 10], ["百", 100], ["千", 1000]]);
  const counters = new Set("丁番号条区組班種回期級次年月日線階件戸棟世人町校路街点区");

  function number(run, before, after) {
    if (!run.some((c) => factors.has(c)) || run.length > 20 || isDigit(before)) return null;
    if (before !== "第" && !counters.has(after)) return null;
    let total = 0;
    let open = null;
    let last = 10000;
    for (const c of run) {
      const factor = factors.get(c);
      if (factor !== undefined) {
        if (factor >= last) return null;
        total += (open ?? 1) * factor;
        open = null;
        last = factor;
      } else if (open === null) open = digits.get(c);
      else return null;
    }
    return total + (open ?? 0);
  }

  function numerals(all) {
    const isNumeral = (c) => digits.has(c) || factors.has(c);
    const result = [];
    for (let i = 0; i < all.length; ) {
      if (!isNumeral(all[i])) {
        result.push(all[i]);
        i += 1;
        continue;
      }
      let end = i;
      while (end < all.length && isNumeral(all[end])) end += 1;
      const run = all.slice(i, end);
      const value = number(run, result.at(-1), all[end]);
      if (value !== null) result.push(...String(value));
      else {
        for (const c of run) {
          const digit = digits.get(c);
          // 〇 is also a mark and a blank: it counts only inside a number.
          result.push(digit === undefined || (digit === 0 && !isDigit(result.at(-1))) ? c : String(digit));
        }
      }
      i = end;
    }
    return result;
  }

  const countedByKa = new Set("所月国年村町条店寺処");

  function contexts(all) {
    for (let i = 0; i < all.length; i += 1) {
      const [before, c, after] = [all[i - 1], all[i], all[i + 1]];
      if (c === "ー" && (before === undefined || isDigit(before) || before === dash)) all[i] = dash;
      else if (c === "の" && isDigit(before) && isDigit(after)) all[i] = dash;
      else if (c === "が" && isIdeograph(before) && (after === undefined || isIdeograph(after))) all[i] = "け";
      else if ((c === "か" || c === "箇") && before !== undefined && after !== undefined) {
        if (isDigit(before) && countedByKa.has(after)) all[i] = "け";
        else if (c === "か" && isIdeograph(before) && isIdeograph(after)) all[i] = "け";
      }
    }
    return all;
  }

  return (text) => {
    // A voicing mark with a width of its own joins the kana before it.
    const prepared = text.replaceAll("\u309B", "\u3099").replaceAll("\u309C", "\u309A");
    const visible = prepared.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
    const plain = visible.normalize("NFKC").toLowerCase().replaceAll("ß", "ss");
    return contexts(numerals(characters(plain))).join("");
  };
};
