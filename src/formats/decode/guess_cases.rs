//! Texts of many languages in the encodings that they were written in: each comes in right or is refused, never bent.

use crate::formats::decode::EncodingFault;
use crate::formats::decode::Undecodable;
use crate::formats::decode::text;
use encoding_rs::Encoding;
use std::io::Cursor;
use std::io::Read as _;

/// How a text becomes bytes.
#[derive(Clone, Copy)]
enum Bytes {
    Of(&'static Encoding),
    /// The code page of DOS for the West, which nothing here reads.
    Dos,
}

struct Case {
    /// The language.
    language: &'static str,
    bytes: &'static [Bytes],
    /// Words, of which the first five are a list of their own.
    words: &'static str,
    /// Three sentences.
    sentences: [&'static str; 3],
}

use Bytes::Dos;
use Bytes::Of;
use encoding_rs as e;

const CASES: &[Case] = &[
    Case {
        language: "German",
        bytes: &[
            Of(e::WINDOWS_1252),
            Of(e::WINDOWS_1250),
            Of(e::ISO_8859_2),
            Of(e::ISO_8859_15),
            Of(e::MACINTOSH),
            Dos,
        ],
        words: "Mädchen Straße schön für Größe Löffel Tür Äpfel Übung müde grün Fuß hören",
        sentences: [
            "Das Mädchen geht über die Straße und hört schöne Musik.",
            "Können Sie mir bitte sagen, wie spät es ist? Natürlich.",
            "Im Frühling blühen die Bäume, und die Vögel singen früh.",
        ],
    },
    Case {
        language: "French",
        bytes: &[Of(e::WINDOWS_1252), Of(e::ISO_8859_15), Of(e::MACINTOSH), Dos],
        words: "été garçon mère forêt où naïf hôtel fenêtre école français déjà élève leçon",
        sentences: [
            "L’été dernier, nous avons dîné à la campagne près de la forêt.",
            "Où est la bibliothèque ? Elle est à côté de l’hôtel.",
            "Il a acheté une bière et un café très fort, s’il vous plaît.",
        ],
    },
    Case {
        language: "Spanish",
        bytes: &[Of(e::WINDOWS_1252), Of(e::MACINTOSH), Dos],
        words: "niño está corazón año también mañana jamón lápiz país canción inglés día",
        sentences: [
            "¿Dónde está el baño? Está al fondo, a la derecha, señor.",
            "Mañana será otro día, y los niños irán a la montaña.",
            "Ella habló con su mamá por teléfono durante más de una hora.",
        ],
    },
    Case {
        language: "Portuguese",
        bytes: &[Of(e::WINDOWS_1252), Dos],
        words: "pão coração não irmã você amanhã maçã português avó avô lição",
        sentences: [
            "Não sei onde estão as crianças, mas a mãe já vem.",
            "A lição de português é às três horas da manhã.",
            "Você gosta de pão com maçã? São muito bons, João.",
        ],
    },
    Case {
        language: "Italian",
        bytes: &[Of(e::WINDOWS_1252), Of(e::MACINTOSH)],
        words: "città perché più caffè università lunedì virtù però già così",
        sentences: [
            "La città è più bella di sera, perché c’è meno traffico.",
            "Lunedì andrò all’università e poi prenderò un caffè.",
            "Così è la vita: chi va piano va sano, però è già tardi.",
        ],
    },
    Case {
        language: "Swedish",
        bytes: &[Of(e::WINDOWS_1252), Dos],
        words: "flicka på kött år björn smörgås tåg söndag häst väg",
        sentences: [
            "Flickan äter en smörgås och dricker öl på söndag.",
            "Vi åker tåg till Malmö för att hälsa på mormor.",
            "Björnen sover hela vintern under den höga granen, är det så?",
        ],
    },
    Case {
        language: "Danish",
        bytes: &[Of(e::WINDOWS_1252)],
        words: "pige på æble øl brød år smørrebrød gå dør næse",
        sentences: [
            "Pigen spiser et æble og drikker mælk på gården.",
            "Jeg går en tur langs åen, når det ikke er så koldt.",
            "Døren er lukket, og nøglen ligger på køkkenbordet.",
        ],
    },
    Case {
        language: "Icelandic",
        bytes: &[Of(e::WINDOWS_1252)],
        words: "það maður þú kýr bæði góðan hús ást ör níu",
        sentences: [
            "Það er gott veður í dag og sólin skín á húsið.",
            "Góðan daginn, hvað heitir þú? Ég heiti Jón.",
            "Maðurinn keypti brauð og mjólk í búðinni áður en hún lokaði.",
        ],
    },
    Case {
        language: "Turkish",
        bytes: &[Of(e::WINDOWS_1254)],
        words: "çocuk güneş ağaç ışık şeker kırmızı öğretmen iyi değil akşam gün yağmur",
        sentences: [
            "Çocuk bahçede oynuyor ve annesi ona bakıyor, güneş doğdu.",
            "Bugün hava çok güzel, ama yarın yağmur yağacak mı?",
            "Öğretmen sınıfta öğrencilere yeni bir şarkı öğretiyor.",
        ],
    },
    Case {
        language: "Polish",
        bytes: &[Of(e::WINDOWS_1250), Of(e::ISO_8859_2)],
        words: "żółty dziękuję książka mąż łóżko świnia część słońce źródło być",
        sentences: [
            "Dziękuję bardzo, książka leży na stole obok łóżka.",
            "Dlaczego nie możesz przyjść? Bo jestem zmęczony i śpię.",
            "Słońce świeci, a dzieci bawią się w ogrodzie.",
        ],
    },
    Case {
        language: "Czech",
        bytes: &[Of(e::WINDOWS_1250), Of(e::ISO_8859_2)],
        words: "kůň žena děkuji čtyři řeka město škola dítě pivo učitel",
        sentences: [
            "Příliš žluťoučký kůň úpěl ďábelské ódy celou noc.",
            "Děkuji vám, učitel čeká ve škole na děti.",
            "Město leží u řeky a večer je tam velmi krásně.",
        ],
    },
    Case {
        language: "Hungarian",
        bytes: &[Of(e::WINDOWS_1250)],
        words: "nő fiú szőlő könyv tűz gyümölcs köszönöm ház erdő víz",
        sentences: [
            "Köszönöm szépen, a könyv az asztalon van, a nő olvas.",
            "Az erdőben sok fa és gyümölcs nő, de víz nincs.",
            "Hol van a fürdőszoba? A folyosó végén, balra, kérem.",
        ],
    },
    Case {
        language: "Romanian",
        bytes: &[Of(e::WINDOWS_1250)],
        words: "pâine fată şcoală ţară mâine înăuntru până după băiat",
        sentences: [
            "Fata merge la şcoală în fiecare zi şi învaţă limba română.",
            "Pâinea şi brânza sunt pe masă, lângă fereastră.",
            "Mâine dimineaţă plecăm în ţară cu maşina.",
        ],
    },
    Case {
        language: "Croatian",
        bytes: &[Of(e::WINDOWS_1250)],
        words: "kuća žena čovjek škola riječ noć više dječak ključ",
        sentences: [
            "Čovjek čita knjigu u kući, a žena kuha večeru.",
            "Laku noć, vidimo se sutra ujutro u školi.",
            "Koliko košta ova košulja? Previše, rekao je dječak.",
        ],
    },
    Case {
        language: "Lithuanian",
        bytes: &[Of(e::WINDOWS_1257)],
        words: "ačiū žmogus šuo mėnuo ąžuolas gėlė žuvis vyšnia ežeras",
        sentences: [
            "Labas rytas, kaip sekasi? Ačiū, man viskas gerai šiandien.",
            "Žmogus eina į mišką grybauti ir randa ąžuolą.",
            "Mėnuo šviečia virš ežero, o žuvys plaukia gilyn.",
        ],
    },
    Case {
        language: "Latvian",
        bytes: &[Of(e::WINDOWS_1257)],
        words: "māja bērns ūdens zēns koks šodien ēst grāmata ļoti pīle",
        sentences: [
            "Labrīt, kā tev klājas? Paldies, man iet ļoti labi.",
            "Bērns lasa grāmatu mājā, un māte gatavo ēst.",
            "Šodien ūdens ezerā ir auksts, bet debesis ir zilas.",
        ],
    },
    Case {
        language: "Estonian",
        bytes: &[Of(e::WINDOWS_1257), Of(e::WINDOWS_1252)],
        words: "tüdruk õpetaja öö käsi põhi sõber väike püksid küla",
        sentences: [
            "Tüdruk läheb kooli ja õpetaja räägib lastele juttu.",
            "Öösel on väga külm, aga päeval paistab päike.",
            "Minu sõber elab väikeses külas mere ääres, põhjas.",
        ],
    },
    Case {
        language: "Russian",
        bytes: &[Of(e::WINDOWS_1251), Of(e::KOI8_R), Of(e::IBM866), Of(e::ISO_8859_5), Of(e::X_MAC_CYRILLIC)],
        words: "дом вода яблоко человек спасибо хлеб мальчик девочка школа хорошо учитель",
        sentences: [
            "Мальчик идёт в школу, а девочка читает книгу дома.",
            "Сколько стоит этот хлеб? Пятьдесят рублей, пожалуйста.",
            "Вчера вечером мы ходили в театр и смотрели новую пьесу.",
        ],
    },
    Case {
        language: "Ukrainian",
        bytes: &[Of(e::WINDOWS_1251), Of(e::KOI8_U)],
        words: "хліб вода дівчина їжа мова дякую книжка сонце єдиний місто",
        sentences: [
            "Дівчина читає книжку, а її брат їсть хліб із маслом.",
            "Дякую, усе гаразд. Як ся маєте сьогодні?",
            "Місто стоїть на річці, і ввечері там дуже гарно.",
        ],
    },
    Case {
        language: "Bulgarian",
        bytes: &[Of(e::WINDOWS_1251), Of(e::IBM866)],
        words: "хляб къща момиче благодаря вода град ръка училище жена",
        sentences: [
            "Момичето чете книга в къщата, а майка му готви.",
            "Благодаря, всичко е наред. Колко струва хлябът?",
            "Градът е на брега на морето и е много красив.",
        ],
    },
    Case {
        language: "Serbian",
        bytes: &[Of(e::WINDOWS_1251)],
        words: "кућа жена човек хвала ноћ реч љубав дете њега вода",
        sentences: [
            "Човек чита књигу у кући, а жена кува вечеру.",
            "Лаку ноћ, видимо се сутра ујутру у школи.",
            "Колико кошта овај хлеб? Није скупо, рекла је девојка.",
        ],
    },
    Case {
        language: "Greek",
        bytes: &[Of(e::WINDOWS_1253), Of(e::ISO_8859_7)],
        words: "νερό σπίτι άνθρωπος ψωμί ευχαριστώ γυναίκα παιδί ήλιος Άνοιξη θάλασσα",
        sentences: [
            "Το παιδί διαβάζει ένα βιβλίο στο σπίτι του.",
            "Ευχαριστώ πολύ, πού είναι η θάλασσα; Είναι κοντά.",
            "Ο ήλιος λάμπει και οι άνθρωποι πηγαίνουν στη δουλειά.",
        ],
    },
    Case {
        language: "Hebrew",
        bytes: &[Of(e::WINDOWS_1255)],
        words: "שלום בית ילד תודה מים ספר אישה לחם עולם",
        sentences: [
            "הילד קורא ספר בבית והאישה שותה מים.",
            "תודה רבה, מה שלומך היום?",
            "העולם גדול מאוד ויש בו הרבה אנשים.",
        ],
    },
    Case {
        language: "Arabic",
        bytes: &[Of(e::WINDOWS_1256), Of(e::ISO_8859_6)],
        words: "بيت ماء كتاب شكرا ولد مدرسة خبز شمس",
        sentences: ["الولد يقرأ كتابا في البيت.", "شكرا جزيلا، كيف حالك اليوم؟", "الشمس مشرقة والناس يذهبون إلى العمل."],
    },
    Case {
        language: "Thai",
        bytes: &[Of(e::WINDOWS_874)],
        words: "น้ำ บ้าน คน ขอบคุณ หนังสือ โรงเรียน แมว",
        sentences: ["เด็กอ่านหนังสืออยู่ที่บ้าน", "ขอบคุณมาก วันนี้คุณสบายดีไหม", "พระอาทิตย์ขึ้นแล้ว ทุกคนไปทำงาน"],
    },
    Case {
        language: "Chinese, simplified",
        bytes: &[Of(e::GBK)],
        words: "水 谢谢 学习 老师 朋友 中国 吃饭 漂亮 时间",
        sentences: ["我们今天去学校学习汉语。", "谢谢你，这个苹果多少钱？", "昨天晚上他和朋友一起看了电影。"],
    },
    Case {
        language: "Chinese, traditional",
        bytes: &[Of(e::BIG5)],
        words: "水 謝謝 學習 老師 朋友 中國 吃飯 漂亮 時間",
        sentences: ["我們今天去學校學習漢語。", "謝謝你，這個蘋果多少錢？", "昨天晚上他和朋友一起看了電影。"],
    },
    Case {
        language: "Japanese",
        bytes: &[Of(e::SHIFT_JIS), Of(e::EUC_JP)],
        words: "水 食べる 先生 学校 ありがとう カメラ 友達 新しい 時間",
        sentences: [
            "私は毎日学校で日本語を勉強します。",
            "すみません、駅はどこですか。",
            "昨日、友達と一緒に映画を見ました。",
        ],
    },
    Case {
        language: "Japanese, one kanji each",
        bytes: &[Of(e::SHIFT_JIS), Of(e::EUC_JP)],
        words: "水 火 木 山 川 日 月 人 口 手 目 耳",
        sentences: ["水", "火", "木"],
    },
    Case {
        language: "Japanese, half-width",
        bytes: &[Of(e::SHIFT_JIS)],
        words: "ｶﾀｶﾅ ｶﾒﾗ ﾃﾚﾋﾞ ﾊﾟﾝ ｺｰﾋｰ ﾄｲﾚ ﾎﾃﾙ ﾊﾞｽ",
        sentences: ["ｶﾒﾗｦ ｶｲﾏｼﾀ", "ｺｰﾋｰｦ ﾉﾐﾏｽ", "ﾎﾃﾙﾊ ﾄﾞｺﾃﾞｽｶ"],
    },
    Case {
        language: "Korean",
        bytes: &[Of(e::EUC_KR)],
        words: "물 감사합니다 학교 선생님 친구 사람 시간 음식 집",
        sentences: [
            "저는 매일 학교에서 한국어를 공부합니다.",
            "죄송하지만 역이 어디에 있어요?",
            "어제 친구와 함께 영화를 봤습니다.",
        ],
    },
    Case {
        language: "English with a sign",
        bytes: &[Of(e::WINDOWS_1252), Of(e::MACINTOSH)],
        words: "naïve café",
        sentences: [
            "It’s five o’clock, and she said “no” – twice.",
            "The naïve waiter at the café",
            "It costs € 5 or £4.",
        ],
    },
];

/// The bytes of a text; nothing where its encoding can't hold all of it.
fn bytes(text: &str, of: Bytes) -> Option<Vec<u8>> {
    match of {
        Of(encoding) => {
            let (bytes, _, lost) = encoding.encode(text);
            (!lost).then(|| bytes.into_owned())
        }
        Dos => text.chars().map(dos).collect(),
    }
}

fn dos(c: char) -> Option<u8> {
    let letters = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑ";
    let at = || letters.chars().position(|known| known == c).and_then(|at| u8::try_from(at + 0x80).ok());
    let sign = || {
        [('ß', 0xe1), ('¿', 0xa8), ('ã', 0xc6), ('õ', 0xe4), ('Á', 0xb5), ('À', 0xb7), ('’', b'\'')]
            .iter()
            .find(|(known, _)| *known == c)
    };
    if c.is_ascii() { u8::try_from(c).ok() } else { at().or_else(|| sign().map(|(_, byte)| *byte)) }
}

fn name(of: Bytes) -> &'static str {
    match of {
        Of(encoding) => encoding.name(),
        Dos => "cp850",
    }
}

/// What a file of these bytes is taken for.
fn read(bytes: &[u8]) -> Result<String, EncodingFault> {
    match text(&mut Cursor::new(bytes), None) {
        Ok(mut decoded) => {
            let mut found = String::new();
            decoded.reader.read_to_string(&mut found).unwrap();
            Ok(found)
        }
        Err(Undecodable::Fault(fault)) => Err(fault),
        Err(Undecodable::Io(error)) => panic!("{error}"),
    }
}

/// A case's texts: five words with a gloss, a column of words, each word alone, three sentences.
fn texts(case: &Case) -> Vec<(&'static str, String)> {
    let words: Vec<&str> = case.words.split(' ').collect();
    let gloss = ["one thing", "to do it", "rather good", "a person", "never"];
    let five: Vec<String> = words.iter().zip(gloss).map(|(word, gloss)| format!("{word},{gloss}")).collect();
    let mut texts = vec![("five words", five.join("\n")), ("words", words.join("\n"))];
    texts.extend(words.iter().take(4).map(|word| ("a word", format!("front,back\n{word},something\n"))));
    texts.extend(case.sentences.map(|sentence| ("a sentence", format!("1,{}\n", sentence.replace(',', "")))));
    let all: Vec<String> = case.sentences.iter().map(|sentence| format!("\"{sentence}\",What does it mean?")).collect();
    texts.push(("three sentences", all.join("\n")));
    texts
}

#[test]
fn no_text_comes_in_bent_and_clear_ones_come_in_without_a_hand() {
    let (mut bent, mut refused, mut all) = (Vec::new(), Vec::new(), 0);
    for case in CASES {
        for of in case.bytes {
            for (form, text) in texts(case) {
                let Some(bytes) = bytes(&text, *of).filter(|bytes| !is_utf_8(bytes)) else { continue };
                all += 1;
                let what = format!("{} {} {form}", case.language, name(*of));
                match read(&bytes) {
                    Ok(found) if found == text || (matches!(of, Dos) && found == text.replace('’', "'")) => {}
                    Ok(found) => bent.push(format!("{what}: {text:?} as {found:?}")),
                    Err(fault) => {
                        assert!(fault.to_string().contains("--encoding"), "{what}: {fault}");
                        refused.push((what, form, fault.to_string()));
                    }
                }
            }
        }
    }
    let clear: Vec<_> = refused.iter().filter(|(what, form, _)| *form == "three sentences" && is_usual(what)).collect();
    assert!(bent.is_empty(), "{} of {all} bent:\n{}", bent.len(), bent.join("\n"));
    assert!(clear.is_empty(), "{} refused: {clear:#?}", clear.len());
}

/// Whether nobody can tell: a few characters of two bytes now and then are good UTF-8.
fn is_utf_8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

/// Whether three sentences have to be enough.
fn is_usual(what: &str) -> bool {
    !what.contains("cp850") && !what.contains("one kanji")
}
