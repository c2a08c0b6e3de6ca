import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { detectEncoding } from "../encoding.ts";
import { GSM7 } from "../gsm7.ts";
import { BALTIC } from "./baltic.ts";
import { BULGARIAN_CYRILLIC } from "./bulgarian-cyrillic.ts";
import { CENTRAL_EUROPEAN } from "./central-european.ts";
import { COLOMBIAN } from "./colombian.ts";
import { CYRILLIC } from "./cyrillic.ts";
import { GREEK } from "./greek.ts";
import { SIGNS } from "./non-unicode.ts";
import { PORTUGUESE } from "./portuguese.ts";
import { SERBIAN_CYRILLIC } from "./serbian-cyrillic.ts";
import { transliterate, type Transliteration } from "./transliterate.ts";
import { TURKISH } from "./turkish.ts";

const SEED = Number(process.env["FC_SEED"] ?? Date.now());
process.stdout.write(`FC_SEED=${SEED}\n`);

const TABLES = {
  TURKISH,
  GREEK,
  CYRILLIC,
  SERBIAN_CYRILLIC,
  BULGARIAN_CYRILLIC,
  CENTRAL_EUROPEAN,
  BALTIC,
  PORTUGUESE,
  COLOMBIAN,
  SIGNS,
};

/** Every letter that the language is written with, small and capital, in its own order. */
const LETTERS: readonly (readonly [code: Transliteration, letters: string])[] = [
  ["TURKISH", "abcçdefgğhıijklmnoöprsştuüvyzâîûABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZÂÎÛ"],
  ["GREEK", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫ"],
  ["CYRILLIC", "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯіїєґўІЇЄҐЎђѓѕјљњћќџЂЃЅЈЉЊЋЌЏ"],
  ["SERBIAN_CYRILLIC", "абвгдђежзијклљмнњопрстћуфхцчџшАБВГДЂЕЖЗИЈКЛЉМНЊОПРСТЋУФХЦЧЏШčćđšžČĆĐŠŽ"],
  ["BULGARIAN_CYRILLIC", "абвгдежзийклмнопрстуфхцчшщъьюяѝАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯ"],
  ["CENTRAL_EUROPEAN", "áčďéěíňóřšťúůýžľĺôŕäąćęłńśźżöőüűăâîșşțţđÁČĎÉĚÍŇÓŘŠŤÚŮÝŽĽĹÔŔÄĄĆĘŁŃŚŹŻÖŐÜŰĂÂÎȘŞȚŢĐ"],
  ["BALTIC", "ąčęėįšųūžāēģīķļņōŗõäöüĄČĘĖĮŠŲŪŽĀĒĢĪĶĻŅŌŖÕÄÖÜ"],
  ["PORTUGUESE", "áâãàçéêíóôõúüÁÂÃÀÇÉÊÍÓÔÕÚÜªº"],
  ["COLOMBIAN", "áéíóúüñÁÉÍÓÚÜÑ¿¡"],
];

test("every letter of a script becomes letters of GSM 7", () => {
  for (const [code, letters] of LETTERS) {
    for (const letter of letters) {
      const written = transliterate(`${letter}a`, code);
      assert.equal(detectEncoding(written).encoding, "GSM7", `${code} ${letter} ${written}`);
    }
    assert.ok(letters.length > 10);
  }
});

test("no table writes anything but GSM 7", () => {
  for (const [name, table] of Object.entries(TABLES)) {
    assert.ok(table.size >= 8, name);
    for (const [character, written] of table) {
      assert.equal(Array.from(character).length, 1);
      assert.equal(detectEncoding(written).encoding, "GSM7", `${name} ${character} ${written}`);
    }
  }
});

const EXAMPLES: readonly (readonly [code: Transliteration, text: string, written: string])[] = [
  ["TURKISH", "Şişli'de ağaç, Ilgaz", "Sisli'de agac, Ilgaz"],
  ["GREEK", "Ώρα για ψωμί;", "ΩPA ΓIA ΨΩMI;"],
  ["GREEK", "ἀρχή", "APXH"],
  ["GREEK", "SMS από Posthorn", "SMS AΠO Posthorn"],
  ["CYRILLIC", "Съешь ещё этих булок", "Sesh eshchyo etikh bulok"],
  ["CYRILLIC", "Їжак і Ґудзик", "Yizhak i Gudzik"],
  ["SERBIAN_CYRILLIC", "Њушка, ђак и џеп", "Njuska, djak i dzep"],
  ["BULGARIAN_CYRILLIC", "Щъркел в София", "Shtarkel v Sofiya"],
  ["CENTRAL_EUROPEAN", "Žluťoučký kůň, świeża łódź, ősz", "Zlutoucky kun, swieza lodz, ösz"],
  ["BALTIC", "Ačiū, paldies, õhtu", "Aciu, paldies, ohtu"],
  ["PORTUGUESE", "Ações à mão, você", "Acoes à mao, voce"],
  ["COLOMBIAN", "Mañana será Ángel", "Mañana sera Angel"],
  ["NON_UNICODE", "“It’s” – 5 €…", '"It\'s" - 5 €...'],
  ["NON_UNICODE", "crème brûlée, Łódź, ½", "crème brulée, Lodz, 1/2"],
  ["NON_UNICODE", "a\u00a0b\u2009c\td\u200be", "a b c de"],
  ["NON_UNICODE", "ｗｉｄｅ ﬁt №", "wide fit No"],
  ["NON_UNICODE", "мир 👍🏽", "??? ?"],
  ["ALL", "мир, αβγ, ığ, žš, 你好", "mir, ABΓ, ig, zs, ??"],
];

test("texts are written as the tables say", () => {
  for (const [code, text, written] of EXAMPLES) assert.equal(transliterate(text, code), written);
});

test("a capital that becomes several letters follows the word that it stands in", () => {
  assert.equal(transliterate("Щит ЩИТ БОРЩ Я Ж.", "CYRILLIC"), "Shchit SHCHIT BORSHCH Ya Zh.");
});

test("letters with their accents beside them count as the letters that they make", () => {
  for (const [code, text, written] of EXAMPLES.slice(0, 12)) {
    assert.equal(transliterate(text.normalize("NFD"), code), written.normalize("NFC"), `${code} ${text}`);
  }
});

test("what a script's table does not have stays as it is", () => {
  assert.equal(transliterate("мир 你好 “x”", "CYRILLIC"), "mir 你好 “x”");
  assert.equal(transliterate("мир", "GREEK"), "мир");
});

test("a text of which nothing would be left is not emptied", () => {
  assert.equal(transliterate("ь", "CYRILLIC"), "ь");
  assert.equal(transliterate("\u200b", "ALL"), "?");
  assert.equal(transliterate("", "ALL"), "");
});

const anyUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0x61, 0xd83d, 0xde00)), { maxLength: 300 })
  .map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ maxLength: 300 }), anyUnits);
const everyCode = [...LETTERS.map(([code]) => code), "NONE", "NON_UNICODE", "ALL"] as const;

test("the result of NON_UNICODE and ALL is always GSM 7, and empty only for an empty text", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom("NON_UNICODE", "ALL"), (text, code) => {
      const written = transliterate(text, code);
      assert.equal(detectEncoding(written).encoding, "GSM7", JSON.stringify(written));
      assert.equal(written === "", text === "");
    }),
    { seed: SEED },
  );
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const written = transliterate(String.fromCodePoint(code), code % 2 === 0 ? "ALL" : "NON_UNICODE");
    if (detectEncoding(written).encoding !== "GSM7") assert.fail(`U+${code.toString(16)} ${written}`);
  }
});

test("a text of GSM 7 stays, and what was transliterated is not changed again", () => {
  const gsm7Text = fc.string({ unit: fc.constantFrom(...GSM7.characters()), maxLength: 300 });
  fc.assert(
    fc.property(gsm7Text, fc.constantFrom(...everyCode), (text, code) => transliterate(text, code) === text),
    { seed: SEED },
  );
  fc.assert(
    fc.property(anyText, fc.constantFrom("NON_UNICODE", "ALL"), (text, code) => {
      const once = transliterate(text, code);
      return transliterate(once, code) === once;
    }),
    { seed: SEED },
  );
});
