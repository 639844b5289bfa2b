// Finds people by name as the server does (folding.py): without marks and case, in any spelling.

const APOSTROPHES = /['’‘‛ʼʹʻʽʾʿ`´′＇]/g;
const LETTERS = {
  ı: "i", ł: "l", đ: "d", ð: "d", ø: "o", æ: "ae", œ: "oe", þ: "th", ħ: "h", ŧ: "t", ŋ: "n",
  ə: "e", ß: "ss",
};
const SPELT_OUT = { ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa", đ: "dj" };
const SPELLING = /([aou])e|(d)j/g;

function plain(text) {
  return text
    .replace(APOSTROPHES, "-")
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[ıłđðøæœþħŧŋəß]/g, (letter) => LETTERS[letter])
    .replace(/\p{Pd}/gu, "-")
    .replace(/[\p{Mn}\p{Cf}\u0640]/gu, "")
    .replace(/[^\p{L}\p{N}\p{M}-]/gu, " ");
}

function partsOf(text) {
  return plain(text)
    .split(/\s+/)
    .map((word) => word.split("-").filter(Boolean))
    .filter((parts) => parts.length);
}

// All words of a name in each spelling: „Müller“ as „muller“ and „mueller“.
export function searchable(name) {
  const spelt = name.toLowerCase().normalize("NFC");
  const found = new Set();
  for (const spelling of [name, spelt.replace(/[äöüøåđ]/g, (letter) => SPELT_OUT[letter])]) {
    for (const parts of partsOf(spelling)) {
      [...parts, parts.join("")].forEach((word) => found.add(word));
    }
  }
  for (const word of [...found]) {
    found.add(word.replace(SPELLING, "$1$2"));
  }
  return [...found].join(" ");
}

export function wordsOf(query) {
  return partsOf(query).flat();
}
