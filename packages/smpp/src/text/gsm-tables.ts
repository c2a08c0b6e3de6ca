/**
 * The tables of 3GPP TS 23.038: the default alphabet and its extension table (clause 6.2.1), and the national ones
 * (annex A), by national language identifier. Which character stands where is the standard's; a test compares every one.
 *
 * A locking shift table is 128 characters in the order of their septets, with U+FFFD where nothing is defined and U+001B
 * where the escape is. A single shift table is its entries one after the other: the septet in two hexadecimal digits, and
 * the character. Combining marks and right-to-left letters are written as escapes, so that no editor rearranges them.
 */
export interface LanguageTables {
  readonly name: string;
  /** Absent where the language has none and keeps the default alphabet. */
  readonly locking?: string;
  readonly single: string;
}

/** National language identifier 0 stands for no national language. */
export const GSM_TABLES: Readonly<Record<number, LanguageTables>> = {
  0: {
    name: "Default",
    locking:
      "@£$¥èéùìòÇ\nØø\rÅå" +
      "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ" +
      " !\"#¤%&'()*+,-./" +
      "0123456789:;<=>?" +
      "¡ABCDEFGHIJKLMNO" +
      "PQRSTUVWXYZÄÖÑÜ§" +
      "¿abcdefghijklmno" +
      "pqrstuvwxyzäöñüà",
    single: "0a\f14^28{29}2f\\3c[3d~3e]40|65€",
  },
  1: {
    name: "Turkish",
    locking:
      "@£$¥€éùıòÇ\nĞğ\rÅå" +
      "Δ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ" +
      " !\"#¤%&'()*+,-./" +
      "0123456789:;<=>?" +
      "İABCDEFGHIJKLMNO" +
      "PQRSTUVWXYZÄÖÑÜ§" +
      "çabcdefghijklmno" +
      "pqrstuvwxyzäöñüà",
    single: "0a\f14^28{29}2f\\3c[3d~3e]40|47Ğ49İ53Ş" + "63ç65€67ğ69ı73ş",
  },
  2: {
    name: "Spanish",
    single: "09ç0a\f14^28{29}2f\\3c[3d~3e]40|41Á49Í" + "4fÓ55Ú61á65€69í6fó75ú",
  },
  3: {
    name: "Portuguese",
    locking:
      "@£$¥êéúíóç\nÔô\rÁá" +
      "Δ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ" +
      " !\"#º%&'()*+,-./" +
      "0123456789:;<=>?" +
      "ÍABCDEFGHIJKLMNO" +
      "PQRSTUVWXYZÃÕÚÜ§" +
      "~abcdefghijklmno" +
      "pqrstuvwxyzãõ`üà",
    single:
      "05ê09ç0a\f0bÔ0cô0eÁ0fá12Φ13Γ14^15Ω16Π" +
      "17Ψ18Σ19Θ1fÊ28{29}2f\\3c[3d~3e]40|41À" +
      "49Í4fÓ55Ú5bÃ5cÕ61Â65€69í6fó75ú7bã7cõ" +
      "7fâ",
  },
  4: {
    name: "Bengali and Assamese",
    locking:
      "\u0981\u0982\u0983অআইঈউঊঋ\nঌ\ufffd\r\ufffdএ" +
      "ঐ\ufffd\ufffdওঔকখগঘঙচ\x1bছজঝঞ" +
      " !টঠডঢণত)(থদ,ধ.ন" +
      "0123456789:;\ufffdপফ?" +
      "বভমযর\ufffdল\ufffd\ufffd\ufffdশষসহ\u09bcঽ" +
      "\u09be\u09bf\u09c0\u09c1\u09c2\u09c3\u09c4\ufffd\ufffd\u09c7\u09c8\ufffd\ufffd\u09cb\u09cc\u09cd" +
      "ৎabcdefghijklmno" +
      "pqrstuvwxyz\u09d7ড়ঢ়ৰৱ",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19০1a১1c২1d৩1e৪1f৫20৬21৭22৮23৯24য়25ৠ" +
      "26ৡ27\u09e228{29}2a\u09e32b৲2c৳2d৴2e৵2f\\30৶31৷" +
      "32৸33৹34৺3c[3d~3e]40|41A42B43C44D45E" +
      "46F47G48H49I4aJ4bK4cL4dM4eN4fO50P51Q" +
      "52R53S54T55U56V57W58X59Y5aZ65€",
  },
  5: {
    name: "Gujarati",
    locking:
      "\u0a81\u0a82\u0a83અઆઇઈઉઊઋ\nઌઍ\r\ufffdએ" +
      "ઐઑ\ufffdઓઔકખગઘઙચ\x1bછજઝઞ" +
      " !ટઠડઢણત)(થદ,ધ.ન" +
      "0123456789:;\ufffdપફ?" +
      "બભમયર\ufffdલળ\ufffdવશષસહ\u0abcઽ" +
      "\u0abe\u0abf\u0ac0\u0ac1\u0ac2\u0ac3\u0ac4\u0ac5\ufffd\u0ac7\u0ac8\u0ac9\ufffd\u0acb\u0acc\u0acd" +
      "ૐabcdefghijklmno" +
      "pqrstuvwxyzૠૡ\u0ae2\u0ae3૱",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c૦1d૧1e૨1f૩20૪21૫22૬23૭24૮25૯" +
      "28{29}2f\\3c[3d~3e]40|41A42B43C44D45E" +
      "46F47G48H49I4aJ4bK4cL4dM4eN4fO50P51Q" +
      "52R53S54T55U56V57W58X59Y5aZ65€",
  },
  6: {
    name: "Hindi",
    locking:
      "\u0901\u0902\u0903अआइईउऊऋ\nऌऍ\rऎए" +
      "ऐऑऒओऔकखगघङच\x1bछजझञ" +
      " !टठडढणत)(थद,ध.न" +
      "0123456789:;ऩपफ?" +
      "बभमयरऱलळऴवशषसह\u093cऽ" +
      "\u093e\u093f\u0940\u0941\u0942\u0943\u0944\u0945\u0946\u0947\u0948\u0949\u094a\u094b\u094c\u094d" +
      "ॐabcdefghijklmno" +
      "pqrstuvwxyzॲॻॼॾॿ",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c०1d१1e२1f३20४21५22६23७24८25९" +
      "26\u095127\u095228{29}2a\u09532b\u09542cक़2dख़2eग़2f\\30ज़31ड़" +
      "32ढ़33फ़34य़35ॠ36ॡ37\u096238\u096339॰3aॱ3c[3d~3e]" +
      "40|41A42B43C44D45E46F47G48H49I4aJ4bK" +
      "4cL4dM4eN4fO50P51Q52R53S54T55U56V57W" +
      "58X59Y5aZ65€",
  },
  7: {
    name: "Kannada",
    locking:
      "\ufffd\u0c82\u0c83ಅಆಇಈಉಊಋ\nಌ\ufffd\rಎಏ" +
      "ಐ\ufffdಒಓಔಕಖಗಘಙಚ\x1bಛಜಝಞ" +
      " !ಟಠಪಢಣತ)(ಥದ,ಧ.ನ" +
      "0123456789:;\ufffdಪಫ?" +
      "ಬಭಮಯರಱಲಳ\ufffdವಶಷಸಹ\u0cbcಽ" +
      "\u0cbe\u0cbf\u0cc0\u0cc1\u0cc2\u0cc3\u0cc4\ufffd\u0cc6\u0cc7\u0cc8\ufffd\u0cca\u0ccb\u0ccc\u0ccd" +
      "\u0cd5abcdefghijklmno" +
      "pqrstuvwxyz\u0cd6ೠೡ\u0ce2\u0ce3",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c೦1d೧1e೨1f೩20೪21೫22೬23೭24೮25೯" +
      "26ೞ27ೱ28{29}2aೲ2f\\3c[3d~3e]40|41A42B" +
      "43C44D45E46F47G48H49I4aJ4bK4cL4dM4eN" +
      "4fO50P51Q52R53S54T55U56V57W58X59Y5aZ" +
      "65€",
  },
  8: {
    name: "Malayalam",
    locking:
      "\ufffd\u0d02\u0d03അആഇഈഉഊഋ\nഌ\ufffd\rഎഏ" +
      "ഐ\ufffdഒഓഔകഖഗഘങച\x1bഛജഝഞ" +
      " !ടഠഡഢണത)(ഥദ,ധ.ന" +
      "0123456789:;\ufffdപഫ?" +
      "ബഭമയരറലളഴവശഷസഹ\ufffdഽ" +
      "\u0d3e\u0d3f\u0d40\u0d41\u0d42\u0d43\u0d44\ufffd\u0d46\u0d47\u0d48\ufffd\u0d4a\u0d4b\u0d4c\u0d4d" +
      "\u0d57abcdefghijklmno" +
      "pqrstuvwxyzൠൡ\u0d62\u0d63൹",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c൦1d൧1e൨1f൩20൪21൫22൬23൭24൮25൯" +
      "26൰27൱28{29}2a൲2b൳2c൴2d൵2eൺ2f\\30ൻ31ർ" +
      "32ൽ33ൾ34ൿ3c[3d~3e]40|41A42B43C44D45E" +
      "46F47G48H49I4aJ4bK4cL4dM4eN4fO50P51Q" +
      "52R53S54T55U56V57W58X59Y5aZ65€",
  },
  9: {
    name: "Oriya",
    locking:
      "\u0b01\u0b02\u0b03ଅଆଇଈଉଊଋ\nଌ\ufffd\r\ufffdଏ" +
      "ଐ\ufffd\ufffdଓଔକଖଗଘଙଚ\x1bଛଜଝଞ" +
      " !ଟଠଡଢଣତ)(ଥଦ,ଧ.ନ" +
      "0123456789:;\ufffdପଫ?" +
      "ବଭମଯର\ufffdଲଳ\ufffdଵଶଷସହ\u0b3cଽ" +
      "\u0b3e\u0b3f\u0b40\u0b41\u0b42\u0b43\u0b44\ufffd\ufffd\u0b47\u0b48\ufffd\ufffd\u0b4b\u0b4c\u0b4d" +
      "\u0b56abcdefghijklmno" +
      "pqrstuvwxyz\u0b57ୠୡ\u0b62\u0b63",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c୦1d୧1e୨1f୩20୪21୫22୬23୭24୮25୯" +
      "26ଡ଼27ଢ଼28{29}2aୟ2b୰2cୱ2f\\3c[3d~3e]40|" +
      "41A42B43C44D45E46F47G48H49I4aJ4bK4cL" +
      "4dM4eN4fO50P51Q52R53S54T55U56V57W58X" +
      "59Y5aZ65€",
  },
  10: {
    name: "Punjabi",
    locking:
      "\u0a01\u0a02\u0a03ਅਆਇਈਉਊ\ufffd\n\ufffd\ufffd\r\ufffdਏ" +
      "ਐ\ufffd\ufffdਓਔਕਖਗਘਙਚ\x1bਛਜਝਞ" +
      " !ਟਠਡਢਣਤ)(ਥਦ,ਧ.ਨ" +
      "0123456789:;\ufffdਪਫ?" +
      "ਬਭਮਯਰ\ufffdਲਲ਼\ufffdਵਸ਼\ufffdਸਹ\u0a3c\ufffd" +
      "\u0a3e\u0a3f\u0a40\u0a41\u0a42\ufffd\ufffd\ufffd\ufffd\u0a47\u0a48\ufffd\ufffd\u0a4b\u0a4c\u0a4d" +
      "\u0a51abcdefghijklmno" +
      "pqrstuvwxyz\u0a70\u0a71ੲੳੴ",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c੦1d੧1e੨1f੩20੪21੫22੬23੭24੮25੯" +
      "26ਖ਼27ਗ਼28{29}2aਜ਼2bੜ2cਫ਼2d\u0a752f\\3c[3d~3e]" +
      "40|41A42B43C44D45E46F47G48H49I4aJ4bK" +
      "4cL4dM4eN4fO50P51Q52R53S54T55U56V57W" +
      "58X59Y5aZ65€",
  },
  11: {
    name: "Tamil",
    locking:
      "\ufffd\u0b82ஃஅஆஇஈஉஊ\ufffd\n\ufffd\ufffd\rஎஏ" +
      "ஐ\ufffdஒஓஔக\ufffd\ufffd\ufffdஙச\x1b\ufffdஜ\ufffdஞ" +
      " !ட\ufffd\ufffd\ufffdணத)(\ufffd\ufffd,\ufffd.ந" +
      "0123456789:;னப\ufffd?" +
      "\ufffd\ufffdமயரறலளழவஶஷஸஹ\ufffd\ufffd" +
      "\u0bbe\u0bbf\u0bc0\u0bc1\u0bc2\ufffd\ufffd\ufffd\u0bc6\u0bc7\u0bc8\ufffd\u0bca\u0bcb\u0bcc\u0bcd" +
      "ௐabcdefghijklmno" +
      "pqrstuvwxyz\u0bd7௰௱௲௹",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19।1a॥1c௦1d௧1e௨1f௩20௪21௫22௬23௭24௮25௯" +
      "26௳27௴28{29}2a௵2b௶2c௷2d௸2e௺2f\\3c[3d~" +
      "3e]40|41A42B43C44D45E46F47G48H49I4aJ" +
      "4bK4cL4dM4eN4fO50P51Q52R53S54T55U56V" +
      "57W58X59Y5aZ65€",
  },
  12: {
    name: "Telugu",
    locking:
      "\u0c01\u0c02\u0c03అఆఇఈఉఊఋ\nఌ\ufffd\rఎఏ" +
      "ఐ\ufffdఒఓఔకఖగఘఙచ\x1bఛజఝఞ" +
      " !టఠడఢణత)(థద,ధ.న" +
      "0123456789:;\ufffdపఫ?" +
      "బభమయరఱలళ\ufffdవశషసహ\ufffdఽ" +
      "\u0c3e\u0c3f\u0c40\u0c41\u0c42\u0c43\u0c44\ufffd\u0c46\u0c47\u0c48\ufffd\u0c4a\u0c4b\u0c4c\u0c4d" +
      "\u0c55abcdefghijklmno" +
      "pqrstuvwxyz\u0c56ౠౡ\u0c62\u0c63",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "1c౦1d౧1e౨1f౩20౪21౫22౬23౭24౮25౯26ౘ27ౙ" +
      "28{29}2a౸2b౹2c౺2d౻2e౼2f\\30౽31౾32౿3c[" +
      "3d~3e]40|41A42B43C44D45E46F47G48H49I" +
      "4aJ4bK4cL4dM4eN4fO50P51Q52R53S54T55U" +
      "56V57W58X59Y5aZ",
  },
  13: {
    name: "Urdu",
    locking:
      "\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c" +
      "\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\x1b\u068c\u0688\u0689\u068a" +
      " !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698" +
      "0123456789:;\u069a\u0633\u0634?" +
      "\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646" +
      "\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657" +
      "\u0654abcdefghijklmno" +
      "pqrstuvwxyz\u0655\u0651\u0653\u0656\u0670",
    single:
      "00@01£02$03¥04¿05\"06¤07%08&09'0a\f0b*" +
      "0c+0e-0f/10<11=12>13¡14^15¡16_17#18*" +
      "19\u06001a\u06011c\u06f01d\u06f11e\u06f21f\u06f320\u06f421\u06f522\u06f623\u06f724\u06f825\u06f9" +
      "26\u060c27\u060d28{29}2a\u060e2b\u060f2c\u06102d\u06112e\u06122f\\30\u061331\u0614" +
      "32\u061b33\u061f34\u064035\u065236\u065837\u066b38\u066c39\u06723a\u06733b\u06cd3c[3d~" +
      "3e]3f\u06d440|41A42B43C44D45E46F47G48H49I" +
      "4aJ4bK4cL4dM4eN4fO50P51Q52R53S54T55U" +
      "56V57W58X59Y5aZ65€",
  },
};
