//! What columns are called: in English and in other languages, and what is only a title or the name of a language.

use crate::core::compare::identity::composed;
use crate::formats::columns;
use crate::formats::columns::Column;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Names in other languages, and synonyms that lmq's own tables don't use. All in lower case.
const SYNONYMS: &[(Column, &str)] = &[
    (
        Column::Question,
        "\
            vocabulary|vocab|vocabulary word|expression|phrase|headword|entry|cue|lemma|card front|side 1|side a|\
            front side|target word|target language|kanji|hanzi|hangul|hangeul|hanja|character|simplified|\
            vorderseite|frage|begriff|wort|vokabel|ausdruck|recto|question|mot|terme|vocabulaire|devant|anverso|\
            pregunta|palabra|término|termino|vocablo|frente|pergunta|palavra|termo|fronte|domanda|parola|termine|\
            vocabolo|voorkant|vraag|woord|begrip|przód|przod|pytanie|słowo|slowo|pojęcie|wyraz|hasło|\
            лицевая сторона|вопрос|слово|термин|выражение|питання|термін|передня сторона|framsida|fråga|ord|term|\
            spørgsmål|spørsmål|forside|etupuoli|kysymys|sana|přední strana|otázka|slovo|slovíčko|pojem|\
            predná strana|ön yüz|soru|kelime|sözcük|terim|ön|正面|问题|問題|单词|單詞|单字|單字|词语|詞語|生词|汉字|漢字|术语|表面|表|質問|問い|単語|\
            用語|言葉|앞면|질문|문제|단어|용어|낱말|kérdés|szó|întrebare|cuvânt|ερώτηση|λέξη|السؤال|سؤال|الكلمة|كلمة|שאלה|מילה|\
            प्रश्न|शब्द|câu hỏi|từ|từ vựng|pertanyaan|kata|คำถาม|คำศัพท์|\
            žodis|klausimas|vārds|jautājums|termins|sõna|küsimus|mõiste|riječ|reč|pitanje|beseda|vprašanje|дума|въпрос|реч|\
            питање|слова|пытанне|\
            words|terms|questions|phrases|expressions|vocabulary list|cloze|cloze text|lückentext|wörter|vokabeln|fragen|begriffe|mots|\
            palabras|preguntas|términos|parole|domande|termini|palavras|perguntas|woorden|vragen|begrippen|\
            słówko|slowko|słówka|słowa|pytania|вопросы|термины|слівце|glosor|glosa|frågor|\
            slovíčka|slova|otázky|kelimeler|sorular|生词表|词汇|詞彙|字词|词|語句|語彙|어휘|단어장|kérdések|szavak|cuvant|cuvinte|întrebări|\
            λέξεις|ερωτήσεις|ερώτημα|מונח|المفردات|المفردة|المصطلح|शब्दावली|từ ngữ|thuật ngữ|kosakata|soal|istilah|ศัพท์|คำ|คำศัพท์ใหม่|คำนาม|คำกริยา|ประโยค|วลี|สำนวน|\
            paraula|orð|spurning|vorto|demando|verbum|vocabulum|salita|tanong|perkataan|soalan|neno|swali|کلمه|واژه|سوال|پرسش|\
            سؤال|শব্দ|প্রশ্ন|சொல்|கேள்வி|పదం|ప్రశ్న|სიტყვა|კითხვა|բառ|հարց|сөз|сұрақ|so'z|savol|söz|sual|fjalë|pyetje|hitz|galdera|focal|ceist|gair|cwestiwn",
    ),
    (
        Column::Answer,
        "\
            translation|gloss|solution|response|reply|meanings|definitions|english meaning|card back|side 2|side b|\
            back side|native language|rückseite|antwort|bedeutung|übersetzung|uebersetzung|definition|lösung|\
            erklärung|verso|réponse|reponse|traduction|définition|signification|sens|derrière|reverso|respuesta|\
            traducción|traduccion|definición|definicion|significado|resposta|tradução|traducao|definição|definicao|\
            retro|risposta|traduzione|definizione|significato|achterkant|antwoord|vertaling|definitie|betekenis|tył|\
            odpowiedź|odpowiedz|tłumaczenie|tlumaczenie|definicja|znaczenie|обратная сторона|ответ|перевод|\
            определение|значение|відповідь|переклад|визначення|значення|baksida|svar|översättning|betydelse|\
            oversettelse|oversættelse|betydning|bagside|bakside|takapuoli|vastaus|käännös|zadní strana|odpověď|\
            překlad|význam|definice|odpoveď|preklad|arka yüz|cevap|yanıt|çeviri|anlam|anlamı|tanım|arka|背面|答案|回答|翻译|\
            翻譯|释义|釋義|意思|定义|定義|解释|裏面|裏|答え|解答|意味|訳|和訳|翻訳|뒷면|답|정답|대답|뜻|의미|번역|정의|해석|válasz|fordítás|jelentés|răspuns|\
            traducere|απάντηση|μετάφραση|σημασία|الجواب|الإجابة|الترجمة|المعنى|ترجمة|معنى|תשובה|תרגום|उत्तर|अर्थ|\
            trả lời|nghĩa|bản dịch|jawaban|arti|terjemahan|คำตอบ|ความหมาย|คำแปล|\
            vertimas|atsakymas|reikšmė|tulkojums|atbilde|nozīme|tõlge|vastus|tähendus|prijevod|prevod|odgovor|značenje|pomen|\
            превод|отговор|одговор|значење|пераклад|адказ|\
            answers|translations|solutions|explanation|antworten|bedeutungen|übersetzungen|definitionen|lösungen|réponses|traductions|\
            définitions|respuestas|traducciones|significados|definiciones|risposte|traduzioni|significati|definizioni|respostas|\
            traduções|antwoorden|vertalingen|betekenissen|odpowiedzi|tłumaczenia|znaczenia|ответы|переводы|значения|відповіді|\
            переклади|översättningar|översättningen|odpovědi|překlady|významy|cevaplar|çeviriler|anlamlar|答|解释|解釋|含义|涵义|译文|\
            답변|풀이|해설|설명문|우리말|válaszok|jelentések|raspuns|răspunsuri|semnificație|απαντήσεις|ορισμός|הגדרה|משמעות|פירוש|\
            التعريف|जवाब|अनुवाद|परिभाषा|định nghĩa|đáp án|makna|definisi|คำตอบที่ถูก|แปล|แปลว่า|ความหมายไทย|คำจำกัดความ|นิยาม|เฉลย|traducció|resposta|significat|þýðing|svör|\
            traduko|signifo|respondo|significatio|kahulugan|sagot|jawapan|maksud|maana|jibu|tafsiri|معنی|پاسخ|جواب|অর্থ|উত্তর|অনুবাদ|பொருள்|\
            விடை|అర్థం|జవాబు|თარგმანი|პასუხი|թարգմանություն|պատասխան|аударма|жауап|tarjima|javob|tərcümə|cavab|përkthim|përgjigje|itzulpen|\
            erantzun|aistriúchán|freagra|cyfieithiad|ateb",
    ),
    (
        Column::Extra,
        "\
            note|comments|remark|remarks|back extra|additional info|more info|notizen|notiz|anmerkung|anmerkungen|\
            bemerkung|bemerkungen|kommentar|remarque|remarques|commentaire|notas|nota|comentario|comentarios|\
            comentário|observação|observações|commento|note aggiuntive|opmerking|opmerkingen|notities|uwagi|notatki|\
            komentarz|примечание|примечания|комментарий|заметки|примітки|anteckning|anteckningar|anmärkning|\
            poznámka|poznámky|not|notlar|açıklama|yorum|备注|備註|笔记|注释|说明|備考|メモ|注|비고|메모|참고|설명",
    ),
    (
        Column::Tags,
        "\
            labels|label|keywords|schlagwörter|schlagwort|schlagworte|étiquettes|étiquette|mots clés|etiquetas|etiqueta|\
            marcadores|etichette|etichetta|trefwoorden|etykiety|tagi|теги|тег|метки|мітки|taggar|etiketter|štítky|štítek|\
            etiketler|etiket|标签|標籤|标记|タグ|태그",
    ),
    (
        Column::WholeTag,
        "\
            categories|kategorie|kategorien|catégorie|catégories|categoría|categoria|categorie|kategoria|категория|категорія|\
            kategori|分类|分類|カテゴリ|カテゴリー|분류",
    ),
    (
        Column::Deck,
        "\
            deck name|stapel|kartenstapel|paquet|mazo|baraja|baralho|mazzo|talia|колода|kortlek|balíček|deste|牌组|卡组|\
            牌組|デッキ|덱",
    ),
    (
        Column::Hint,
        "\
            hints|clue|hinweis|tipp|eselsbrücke|indice|pista|dica|suggerimento|tip|podpowiedź|wskazówka|подсказка|\
            підказка|ledtråd|nápověda|ipucu|提示|ヒント|힌트",
    ),
    (
        Column::AddReverse,
        "\
            add reverse|rückrichtung hinzufügen|ajouter inverse|añadir inverso",
    ),
    (
        Column::LeftOut,
        "\
            time limit|time limit (sec|time limit (seconds|time limit (in seconds|\
            #|no|no.|nr|nr.|nº|n°|№|№ п/п|п/п|index|idx|row|row number|serial number|sl no|s. no.|s.no.|sno|sr no|\
            lfd. nr.|lfd nr|laufende nummer|numéro d'ordre|n. ord.|č.|p.č.|nro|sıra no|sira no|stt|序号|序號|編號|编号|番号|連番|\
            通し番号|번호|순번|연번|ลำดับ|lp|lp.|l.p.|α/α|р/б",
    ),
];

/// Names of columns that count the rows, where they hold nothing but a running number.
const NUMBERS: &str = "\
    number|num|num.|item|item no|line|rank|order|position|pos|pos.|id|nummer|position|rang|numéro|rang|número|orden|\
    numero|ordine|ordem|numer|liczba|pozycja|номер|порядок|číslo|pořadí|sıra|sira|numara|ordning|nombor|nomor|số|数字|排名|順番|順位|순서|순위|";

/// Whether a column of that plain name counts the rows if its numbers run.
pub(in crate::formats) fn may_count_rows(plain: &str) -> bool {
    is_in(NUMBERS, plain)
}

/// Names of columns that are neither question nor answer where both are there: shown as lines of the explanation, and no news.
const ASIDE: &str = "\
    example|examples|example sentence|ตัวอย่าง|ตัวอย่างประโยค|ประโยคตัวอย่าง|คำอ่าน|การออกเสียง|ชนิดของคำ|sentence|sentences|usage|context|pronunciation|reading|pinyin|zhuyin|bopomofo|\
    romaji|rōmaji|romanization|romanisation|transliteration|transcription|kana|furigana|hiragana|katakana|jyutping|\
    ipa|phonetic|phonetics|part of speech|pos|word class|word type|gender|plural|article|genus|wortart|synonym|\
    synonyms|antonym|antonyms|etymology|mnemonic|url|link|image|picture|photo|audio|sound|level|lesson|chapter|unit|\
    page|jlpt|hsk|frequency|rank|strokes|radical|traditional|beispiel|beispiele|beispielsatz|aussprache|lautschrift|\
    umschrift|satz|exemple|exemples|phrase exemple|prononciation|ejemplo|ejemplos|pronunciación|exemplo|exemplos|\
    pronúncia|esempio|esempi|pronuncia|voorbeeld|voorbeelden|uitspraak|przykład|przykłady|wymowa|пример|примеры|\
    произношение|транскрипция|приклад|вимова|exempel|uttal|příklad|příklady|výslovnost|örnek|örnekler|okunuş|\
    telaffuz|lektion|kapitel|leçon|lección|lezione|lição|les|lekcja|урок|тема|lekce|ders|课|課|レッスン|género|genre|genere|rod|род|例句|例子|拼音|发音|读音|例文|例|読み|読み方|発音|よみ|ふりがな|예문|예시|발음|읽기";

/// Titles of columns of which a table of facts may have any two: a country and its capital. Any may be question or answer.
const ENGLISH_TITLES: &str = "\
        abbreviation|acronym|age|album|architect|artist|atomic number|author|battle|bone|book|capital|\
    capital city|chemical|city|colour|command|common name|company|composer|compound|concept|constellation|country|\
    county|currency|description|director|disease|dose|drug|equation|event|fact|family|flower|full name|greek|\
    group|inventor|king|item|key|keyword|language|law|letter|location|mass|month|movie|muscle|noun|number|\
    opposite|organ|painter|painting|participle|past|past participle|past simple|past tense|place|plant|player|\
    present|principle|province|quote|result|river|root|rule|scientific name|sentence|shortcut|side effect|sign|\
    singer|singular|song|species|stands for|state|subject|symptom|tense|theorem|theory|title|tool|topic|tree|\
    treatment|unit|use|value|work|writer|year";

/// Those that are written alike in English and in another language.
const SHARED_TITLES: &str = "\
    animal|code|color|continent|date|domain|element|film|flag|formula|function|genre|infinitive|name|person|\
    planet|port|president|product|region|symbol|syntax|type|verb";

/// The same in other languages.
const OTHER_TITLES: &str = "\
        album|land|hauptstadt|stadt|staat|bundesland|jahr|datum|ereignis|titel|autor|zeichen|formel|abkürzung|\
    befehl|beschreibung|tier|pflanze|fluss|währung|sprache|infinitiv|präteritum|perfekt|nomen|pays|capitale|ville|\
    année|nom|auteur|titre|symbole|élément|événement|langue|país|ciudad|año|nombre|título|símbolo|elemento|evento|\
    fecha|idioma|paese|città|anno|nome|simbolo|autore|titolo|data|cidade|ano|hoofdstad|stad|jaar|naam|kraj|\
    państwo|stolica|miasto|rok|nazwa|страна|столица|город|год|имя|название|дата|событие|автор|країна|місто|рік|\
    huvudstad|år|namn|země|stát|hlavní město|město|název|ülke|başkent|şehir|yıl|ad|isim|国家|国|首都|城市|年份|名称|名字|国名|年|\
    名前|都市|나라|국가|수도|도시|연도|이름|국기";

/// Names of languages, in several.
const LANGUAGES: &str = "\
    afrikaans|albanian|arabic|armenian|azerbaijani|bahasa indonesia|basque|belarusian|bengali|bosnian|bulgarian|\
    burmese|cantonese|catalan|chinese|croatian|czech|danish|dutch|english|esperanto|estonian|farsi|filipino|finnish|\
    french|galician|georgian|german|greek|gujarati|hebrew|hindi|hungarian|icelandic|indonesian|irish|italian|\
    japanese|kannada|kazakh|khmer|korean|kurdish|lao|latin|latvian|lithuanian|macedonian|malay|malayalam|maltese|\
    mandarin|marathi|mongolian|nepali|norwegian|pashto|persian|polish|portuguese|punjabi|romanian|russian|sanskrit|\
    scottish gaelic|serbian|slovak|slovene|slovenian|somali|spanish|swahili|swedish|tagalog|tamil|telugu|thai|\
    tibetan|turkish|ukrainian|urdu|uzbek|vietnamese|welsh|yiddish|deutsch|englisch|französisch|spanisch|italienisch|\
    portugiesisch|niederländisch|polnisch|russisch|ukrainisch|schwedisch|dänisch|norwegisch|finnisch|tschechisch|\
    türkisch|chinesisch|japanisch|koreanisch|latein|lateinisch|griechisch|arabisch|hebräisch|ungarisch|rumänisch|\
    français|francais|anglais|allemand|espagnol|italien|portugais|néerlandais|polonais|russe|ukrainien|suédois|\
    tchèque|turc|chinois|japonais|coréen|grec|arabe|hébreu|español|espanol|castellano|inglés|ingles|alemán|aleman|\
    francés|frances|italiano|portugués|neerlandés|polaco|ruso|sueco|checo|turco|chino|japonés|coreano|latín|griego|\
    árabe|hebreo|inglese|tedesco|francese|spagnolo|portoghese|olandese|polacco|russo|svedese|ceco|cinese|giapponese|\
    latino|greco|arabo|inglês|alemão|francês|espanhol|português|holandês|tcheco|chinês|japonês|engels|duits|frans|\
    spaans|italiaans|portugees|nederlands|pools|russisch|zweeds|turks|chinees|japans|koreaans|latijn|grieks|polski|\
    angielski|niemiecki|francuski|hiszpański|włoski|portugalski|niderlandzki|rosyjski|ukraiński|szwedzki|czeski|\
    turecki|chiński|japoński|koreański|łacina|русский|английский|немецкий|французский|испанский|итальянский|\
    португальский|польский|украинский|китайский|японский|корейский|латинский|греческий|турецкий|чешский|шведский|\
    українська|англійська|німецька|французька|російська|польська|svenska|engelska|tyska|franska|spanska|italienska|\
    ryska|kinesiska|japanska|finska|dansk|engelsk|norsk|suomi|englanti|saksa|ruotsi|čeština|česky|angličtina|\
    anglicky|němčina|německy|francouzština|francouzsky|španělština|španělsky|ruština|slovenčina|türkçe|ingilizce|\
    almanca|fransızca|ispanyolca|rusça|çince|japonca|arapça|magyar|angol|német|română|engleză|ελληνικά|αγγλικά|\
    portugues|japones|inggris|indonesia|jepang|jerman|prancis|spanyol|\
    עברית|אנגלית|العربية|الإنجليزية|हिन्दी|हिंदी|अंग्रेज़ी|ไทย|tiếng việt|tiếng anh|中文|汉语|漢語|英语|英語|英文|德语|德文|法语|法文|\
    西班牙语|日语|日文|韩语|俄语|日本語|ドイツ語|フランス語|スペイン語|中国語|韓国語|ロシア語|イタリア語|한국어|영어|독일어|프랑스어|스페인어|중국어|일본어|러시아어|\
    ภาษาไทย|ภาษาอังกฤษ|อังกฤษ|ภาษาจีน|จีน|ภาษาญี่ปุ่น|ญี่ปุ่น|ภาษาเกาหลี|เกาหลี|ภาษาฝรั่งเศส|ฝรั่งเศส|ภาษาเยอรมัน|เยอรมัน|\
    ภาษาสเปน|สเปน|ภาษารัสเซีย|รัสเซีย|ภาษาลาว|ลาว|ภาษาเขมร|ภาษาพม่า|ภาษามลายู|ภาษาเวียดนาม";

/// Codes of languages, which count only where every name is one.
const CODES: &str = "\
    ar|cs|da|de|el|en|eo|es|fi|fr|he|hi|hu|id|it|ja|jp|ko|la|nl|no|pl|pt|ro|ru|sv|th|tr|uk|vi|zh|eng|deu|ger|fra|\
    fre|spa|ita|por|rus|jpn|kor|cmn|lat";

/// Names of the two sides of a translation, which mean that only together, without the blanks in them. Texts come before their
/// languages, which may stand beside them.
const TRANSLATIONS: &[(&str, &str)] = &[
    ("sourcetext", "targettext"),
    ("sourceword", "targetword"),
    ("sourcephrase", "targetphrase"),
    ("sourceterm", "targetterm"),
    ("sourcesentence", "targetsentence"),
    ("sourcesegment", "targetsegment"),
    ("source", "target"),
    ("source", "cible"),
    ("textesource", "textecible"),
    ("quelltext", "zieltext"),
    ("ausgangstext", "zieltext"),
    ("quelle", "ziel"),
    ("origen", "destino"),
    ("textodeorigen", "textodedestino"),
    ("origem", "destino"),
    ("brontekst", "doeltekst"),
    ("bron", "doel"),
    ("原文", "译文"),
    ("原文", "譯文"),
    ("原文", "訳文"),
    ("sourcelanguage", "targetlanguage"),
    ("languesource", "languecible"),
    ("quellsprache", "zielsprache"),
    ("ausgangssprache", "zielsprache"),
    ("idiomadeorigen", "idiomadedestino"),
    ("brontaal", "doeltaal"),
    ("源语言", "目标语言"),
];

/// Names of things and of what is said of them, in one language each: alone they are words like others, and together they are a header, with
/// the names of roles or titles beside them at most.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "command|commands|shortcut|shortcuts|keyboard shortcut|key|keys|keybinding|key binding|key combination|hotkey|hot key|function|flag|\
         option|switch|argument|parameter|operator|method|keyword|abbreviation|acronym|code|error code|status code|tool|syntax|verb|\
         idiom|slang|port|protocol|pattern|regex|class|property|attribute|tag|variable",
        "description|desc|desc.|meaning|action|effect|result|purpose|explanation|what it does|usage|use|function|output|service|definition|\
         stands for|full form",
    ),
    (
        "befehl|befehle|tastenkürzel|tastenkombination|kürzel|taste|funktion|option|operator|abkürzung|methode|schlüsselwort",
        "beschreibung|wirkung|aktion|bedeutung|erklärung|funktion|zweck|ergebnis",
    ),
    (
        "commande|raccourci|raccourci clavier|touche|fonction|option|opérateur|abréviation|méthode",
        "description|effet|action|signification|explication|fonction|résultat",
    ),
    (
        "comando|atajo|atajo de teclado|tecla|función|opción|operador|abreviatura|método",
        "descripción|efecto|acción|significado|explicación|función|resultado",
    ),
    (
        "comando|scorciatoia|tasto|funzione|opzione|operatore|abbreviazione|metodo",
        "descrizione|effetto|azione|significato|spiegazione|funzione",
    ),
    (
        "comando|atalho|tecla|função|opção|operador|abreviatura|método",
        "descrição|efeito|ação|significado|explicação|função",
    ),
    (
        "opdracht|commando|sneltoets|toets|functie|optie|afkorting",
        "beschrijving|omschrijving|effect|actie|betekenis|uitleg|functie",
    ),
    ("polecenie|skrót|klawisz|funkcja|opcja|komenda", "opis|działanie|efekt|znaczenie|wyjaśnienie"),
    (
        "команда|сочетание клавиш|клавиша|функция|опция|ключ|аббревиатура",
        "описание|действие|эффект|значение|объяснение",
    ),
    ("komut|kısayol|tuş|işlev|fonksiyon|seçenek|kısaltma", "açıklama|işlev|anlam|anlamı|etki|sonuç"),
    ("命令|快捷键|快捷鍵|函数|函數|选项|選項|缩写|縮寫|参数|參數", "说明|說明|描述|作用|功能|含义|意思|解释"),
    ("コマンド|ショートカット|ショートカットキー|キー|関数|オプション|略語", "説明|機能|動作|意味|効果"),
    ("명령어|명령|단축키|키|함수|옵션|약어", "설명|기능|동작|의미|뜻|효과"),
    ("คำสั่ง|ปุ่มลัด|คีย์ลัด|ปุ่ม|ฟังก์ชัน|ฟังก์ชั่น|ตัวย่อ|คำย่อ", "คำอธิบาย|คำอธิบายคำสั่ง|ความหมาย|หน้าที่|การทำงาน|ผลลัพธ์"),
];

/// Whether names are those of a thing and of what is said of it.
pub(in crate::formats) fn explains(names: &[String]) -> bool {
    let plain: Vec<String> = names.iter().map(|name| plain(name)).filter(|name| !name.is_empty()).collect();
    let is_known = |name: &String| title(name).is_some() || columns::named(name) != Column::Unknown;
    EXPLAINED.iter().any(|(things, sayings)| {
        let is_of_pair = |name: &String| is_in(things, name) || is_in(sayings, name);
        let is_said_of = |thing: usize| plain.iter().enumerate().any(|(at, name)| at != thing && is_in(sayings, name));
        plain.iter().enumerate().any(|(at, name)| is_in(things, name) && is_said_of(at))
            && plain.iter().all(|name| is_of_pair(name) || is_known(name))
    })
}

/// A plain name without blanks and hyphens.
pub(super) fn without_blanks(name: &str) -> String {
    plain(name).replace([' ', '-'], "")
}

/// Whether a name is one of the two sides of a translation, or of their languages.
pub(super) fn is_of_translation(name: &str) -> bool {
    let bare = without_blanks(name);
    TRANSLATIONS.iter().any(|(source, target)| bare == *source || bare == *target)
}

/// Which of these names are the two sides of a translation.
pub(in crate::formats) fn translation(names: &[String]) -> Option<(usize, usize)> {
    let bare: Vec<String> = names.iter().map(|name| without_blanks(name)).collect();
    let at = |wanted: &str| bare.iter().position(|name| name == wanted);
    TRANSLATIONS.iter().find_map(|(source, target)| Some((at(source)?, at(target)?)))
}

/// A name as the lists have it: small letters, one blank between words, nothing around them.
pub(in crate::formats) fn plain(name: &str) -> String {
    let name = without_instruction(name);
    let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'*_:()[]\u{feff}".contains(c));
    // The small letter of the Turkish İ has a dot above it that nobody writes.
    let small = composed(&name.to_lowercase()).replace("i\u{307}", "i");
    small.split(|c: char| c.is_whitespace() || c == '_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A name without what a template says of its cells: `Answer 1 - max 75 characters`, `Correct answer(s) - choose at least one`.
pub(in crate::formats) fn without_instruction(name: &str) -> &str {
    // A number alone tells columns apart: `Option - 1`.
    let instructs = |note: &str| {
        let first = note.split_whitespace().next().unwrap_or_default().to_lowercase();
        let first = first.trim_end_matches(['.', ',']);
        is_in("max|min|choose|optional|required", first)
            || (first.starts_with(|c: char| c.is_ascii_digit()) && first != note.trim())
    };
    let cut = [" - ", " – "].iter().filter_map(|dash| name.split_once(dash)).find(|(_, note)| instructs(note));
    cut.map_or(name, |(name, _)| name)
}

/// Whether a name is one of a list, which has bars between them.
pub(in crate::formats) fn is_in(list: &str, name: &str) -> bool {
    list.split('|').any(|known| known == name)
}

/// What a plain name that is no role may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Title {
    /// A language: its column is question or answer.
    Language,
    /// The code of a language.
    Code,
    /// Something that comes beside question and answer.
    Aside,
    /// A usual title.
    Usual,
}

/// The usual names of roles. Of two roles with the same name the first one of the list has it.
static ROLES: LazyLock<HashMap<&str, Column>> = LazyLock::new(|| {
    let mut roles = HashMap::new();
    for (column, names) in SYNONYMS {
        for name in names.split('|') {
            roles.entry(name).or_insert(*column);
        }
    }
    roles
});

/// Names that are no roles.
static TITLES_OF: LazyLock<HashMap<&str, Title>> = LazyLock::new(|| {
    let lists = [
        (LANGUAGES, Title::Language),
        (ASIDE, Title::Aside),
        (ENGLISH_TITLES, Title::Usual),
        (SHARED_TITLES, Title::Usual),
        (OTHER_TITLES, Title::Usual),
        (CODES, Title::Code),
    ];
    let mut titles = HashMap::new();
    for (names, title) in lists {
        for name in names.split('|') {
            titles.entry(name).or_insert(title);
        }
    }
    titles
});

/// What a column of that plain name holds, if it is one of the usual names in any language: `translation`, `English translation`.
pub(super) fn role(plain: &str) -> Option<Column> {
    // A word of a language may be either, as a column that has the language for a name; what tells in one is the answer.
    ROLES.get(plain).copied().or_else(|| side(plain).filter(|side| *side == Column::Answer))
}

/// What a plain name that is no role may be.
pub(in crate::formats) fn title(plain: &str) -> Option<Title> {
    let first = plain.split(" (").next().unwrap_or_default();
    if TITLES_OF.get(first) == Some(&Title::Language) {
        return Some(Title::Language);
    }
    TITLES_OF.get(plain).copied().or_else(|| {
        let noun = beside_language(plain)?;
        if side_of(&noun) == Some(Column::Question) {
            return Some(Title::Language);
        }
        match TITLES_OF.get(noun.as_str())? {
            Title::Usual => Some(Title::Language),
            Title::Aside => Some(Title::Aside),
            Title::Language | Title::Code => None,
        }
    })
}

/// Whether a plain name is a usual title in English, or in another language. Some are both.
pub(in crate::formats) fn is_title_in(plain: &str, is_english: bool) -> bool {
    is_in(SHARED_TITLES, plain) || is_in(if is_english { ENGLISH_TITLES } else { OTHER_TITLES }, plain)
}

/// Question or answer, where a name is a noun for it with a language beside it. No word of a list is such a name.
pub(in crate::formats) fn side(plain: &str) -> Option<Column> {
    side_of(&beside_language(plain)?)
}

fn side_of(noun: &str) -> Option<Column> {
    match columns::named(noun) {
        column if column.asks() => Some(Column::Question),
        column if column.tells() => Some(Column::Answer),
        _ => None,
    }
}

/// Words between a noun and its language: `palabra en español`.
const BETWEEN: &[&str] = &["in", "en", "em", "auf", "på", "po", "w", "în", "на", "по", "of", "the", "bahasa"];

/// Words of a name with a language in it at most.
const MOST_WORDS: usize = 5;

/// Endings that the name of a language takes beside a noun, and what it ends in alone.
const ENDINGS: &[(&str, &str)] = &[
    ("es", ""),
    ("er", ""),
    ("en", ""),
    ("ne", ""),
    ("e", ""),
    ("t", ""),
    ("t", "a"),
    ("a", ""),
    ("a", "o"),
    ("as", ""),
    ("ý", "y"),
    ("é", "y"),
    ("ое", "ий"),
    ("ом", "ий"),
    ("е", "а"),
    ("ή", "ά"),
];

fn is_language(word: &str) -> bool {
    let is = |word: &str| TITLES_OF.get(word) == Some(&Title::Language);
    let without =
        |(ending, usual): &(&str, &str)| word.strip_suffix(ending).is_some_and(|stem| is(&format!("{stem}{usual}")));
    is(word) || ENDINGS.iter().any(without)
}

/// The noun beside the name of a language, in any order: `word` of `spanish word`, `traduction` of `traduction anglaise`, `单词` of
/// `英语单词`.
fn beside_language(plain: &str) -> Option<String> {
    let words: Vec<&str> =
        plain.split(|c: char| c.is_whitespace() || "()/-:,".contains(c)).filter(|word| !word.is_empty()).collect();
    if words.len() < 2 {
        // Where no blanks are written the language stands before the noun.
        let is_unspaced = plain.chars().next().is_some_and(|c| c as u32 >= 0x2e80);
        let rest = LANGUAGES.split('|').filter(|_| is_unspaced).find_map(|language| plain.strip_prefix(language));
        // In Thai it stands behind it.
        let behind = || {
            let is_thai = plain.chars().all(|c| ('\u{e00}'..='\u{e7f}').contains(&c));
            LANGUAGES
                .split('|')
                .filter(|_| is_thai)
                .find_map(|language| plain.strip_suffix(language))
                .map(|noun| noun.trim_end_matches("ภาษา"))
        };
        let rest = rest.or_else(behind)?;
        return Some(rest.strip_prefix('の').unwrap_or(rest).to_owned()).filter(|rest| !rest.is_empty());
    }
    let (languages, others): (Vec<&str>, Vec<&str>) =
        words.into_iter().take(MOST_WORDS).partition(|word| is_language(word));
    let nouns: Vec<&str> = others.into_iter().filter(|word| !BETWEEN.contains(word)).collect();
    (!languages.is_empty() && !nouns.is_empty()).then(|| nouns.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::columns::named;

    #[test]
    fn question_and_answer_are_known_in_many_languages() {
        for (question, answer) in [
            ("Question", "Answer"),
            ("Frage", "Antwort"),
            ("Mot", "Traduction"),
            ("Pregunta", "Respuesta"),
            ("Domanda", "Risposta"),
            ("Pergunta", "Resposta"),
            ("Vraag", "Antwoord"),
            ("Pytanie", "Odpowiedź"),
            ("Вопрос", "Ответ"),
            ("Питання", "Відповідь"),
            ("Fråga", "Svar"),
            ("Otázka", "Odpověď"),
            ("Soru", "Cevap"),
            ("单词", "释义"),
            ("単語", "意味"),
            ("단어", "뜻"),
        ] {
            assert_eq!(named(question), Column::Question, "{question}");
            assert!(matches!(named(answer), Column::Answer | Column::Field("answer")), "{answer}");
        }
        assert_eq!(named("Kelime "), Column::Question);
        assert_eq!(named("ETIQUETAS"), Column::Tags);
    }

    #[test]
    fn a_noun_beside_a_language_says_what_the_column_holds() {
        for name in [
            "Spanish Word",
            "Word (Spanish)",
            "Word in Spanish",
            "Deutsches Wort",
            "Wort auf Deutsch",
            "mot français",
            "palabra en español",
            "Английское слово",
            "слово на английском",
            "영어 단어",
            "英语单词",
            "日本語の単語",
            "German name",
            "Begriff (Deutsch)",
            "Front (English)",
            "English words",
            "mots anglais",
            "palabras españolas",
            "palavra portuguesa",
            "parola in italiano",
            "Nederlands woord",
            "angielskie słowo",
            "anglické slovo",
            "svenskt ord",
            "англійське слово",
            "αγγλική λέξη",
            "İngilizce kelime",
            "cuvânt în engleză",
            "angol szó",
            "kata bahasa inggris",
            "अंग्रेज़ी शब्द",
            "الكلمة الإنجليزية",
            "영어단어",
            "英文單字",
        ] {
            assert_eq!((named(name), title(&plain(name))), (Column::Unknown, Some(Title::Language)), "{name}");
        }
        for name in [
            "English Translation",
            "Translation (English)",
            "englische Übersetzung",
            "traduction anglaise",
            "Перевод на русский",
            "traductions anglaises",
            "Engelse vertaling",
            "český překlad",
            "Back (German)",
            "日本語訳",
            "英語の意味",
            "中文翻譯",
        ] {
            assert_eq!(named(name), Column::Answer, "{name}");
        }
        for (name, expected) in [
            ("English example", Some(Title::Aside)),
            ("English breakfast", None),
            ("French Guiana", None),
            ("the word", None),
            ("German English", None),
            ("İngilizce", Some(Title::Language)),
        ] {
            assert_eq!((named(name), title(&plain(name))), (Column::Unknown, expected), "{name}");
        }
        assert_eq!(named("U\u{308}bersetzung"), Column::Answer);
    }

    #[test]
    fn languages_and_titles_are_no_roles_of_their_own() {
        assert_eq!(title(&plain("German")), Some(Title::Language));
        assert_eq!(title(&plain("English (UK)")), Some(Title::Language));
        assert_eq!(title(&plain("Example_Sentence")), Some(Title::Aside));
        assert_eq!(title(&plain("Capital:")), Some(Title::Usual));
        assert_eq!(title(&plain("Paris")), None);
    }
}
